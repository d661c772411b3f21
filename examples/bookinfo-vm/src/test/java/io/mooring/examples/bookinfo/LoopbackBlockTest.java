package io.mooring.examples.bookinfo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class LoopbackBlockTest {

  @Test
  void blockThatIsOpenIsNotGivenTwice() throws Exception {
    long seed = 20_261_122;
    try (LoopbackBlock first = LoopbackBlock.reserve(new Random(seed));
        LoopbackBlock second = LoopbackBlock.reserve(new Random(seed))) {
      assertThat(second.address(1)).isNotEqualTo(first.address(1));
    }
  }

  @Test
  void closedBlockIsFreeAgain() throws Exception {
    String address;
    try (LoopbackBlock first = LoopbackBlock.reserve(new Random(5))) {
      address = first.address(7);
    }
    try (LoopbackBlock again = LoopbackBlock.reserve(new Random(5))) {
      assertThat(again.address(7)).isEqualTo(address).startsWith("127.").endsWith(".7");
    }
  }

  @Test
  void addressOfTheReservationItselfIsNotGiven() throws Exception {
    try (LoopbackBlock block = LoopbackBlock.reserve(new Random())) {
      assertThatThrownBy(() -> block.address(254))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("254");
      assertThatThrownBy(() -> block.address(0)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
