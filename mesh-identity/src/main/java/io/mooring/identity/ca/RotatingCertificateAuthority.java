package io.mooring.identity.ca;

import static java.util.Objects.requireNonNull;

import io.mooring.identity.JwtSvid;
import io.mooring.identity.TrustBundle;
import io.mooring.identity.X509Svid;
import io.mooring.identity.ca.AuthorityState.Phase;
import io.mooring.identity.storage.PrivateDirectory;
import io.mooring.model.spiffe.TrustDomain;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The CA of a trust domain whose root can be replaced while everything runs. Thread-safe.
 *
 * <p>{@link #prepare} makes the next CA and publishes it in the trust bundle, {@link #activate}
 * lets it sign and destroys the key of the last one, {@link #retire} drops the last one's root.
 * Nobody is cut off, because each step is refused before its time: a CA signs only after it has
 * been published for as long as an identity lives, so that whoever still has a valid one got the
 * new root with it; a root goes only when the last thing that was signed under it has expired. Each
 * step is on disk before it takes effect and survives {@code kill -9}.
 *
 * <p>Every CA has a JWT key of its own, which goes through the same steps.
 */
public final class RotatingCertificateAuthority implements CertificateAuthority, JwtAuthority {

  private static final Logger LOG = LoggerFactory.getLogger(RotatingCertificateAuthority.class);

  private final Builder settings;
  private final AuthorityFiles files;
  private final RotationJournal journal;
  private final List<Consumer<TrustBundle>> listeners = new CopyOnWriteArrayList<>();
  private final List<Runnable> beforeActivation = new CopyOnWriteArrayList<>();
  private volatile View view;

  /**
   * What readers see, all of one moment.
   *
   * @param active signs
   */
  private record View(Rotation rotation, AuthorityFiles.Signers active, TrustBundle bundle) {}

  private RotatingCertificateAuthority(Builder settings, PrivateDirectory directory)
      throws IOException {
    this.settings = settings;
    this.files =
        new AuthorityFiles(
            directory.path(),
            settings.trustDomain,
            new KeyFiles(settings.keyPassword, settings.random, settings.cryptography),
            settings.clock,
            settings.random,
            settings.observer);
    this.journal = new RotationJournal(directory);
    Optional<Rotation> known = journal.read();
    Rotation rotation =
        known.orElse(Rotation.first(AuthorityFiles.FIRST, settings.clock.instant()));
    if (known.isEmpty()) {
      files.create(AuthorityFiles.FIRST);
      journal.write(rotation);
    }
    clean(rotation);
    this.view = view(rotation);
  }

  /** Returns a builder for the CA that {@code directory} keeps. */
  public static Builder builder(Path directory, TrustDomain trustDomain) {
    return new Builder(directory, trustDomain);
  }

  @Override
  public TrustBundle trustBundle() {
    return view.bundle();
  }

  @Override
  public X509Svid issue(SvidTemplate template) {
    View now = view;
    X509Svid svid = now.active().x509().issue(template);
    remember(now.rotation().active().name(), svid.notAfter());
    return svid;
  }

  @Override
  public JwtSvid mint(JwtSvidTemplate template) {
    View now = view;
    JwtSvid svid = now.active().jwt().mint(template);
    remember(now.rotation().active().name(), svid.expiresAt());
    return svid;
  }

  /**
   * Puts on disk how long {@code name} must be trusted, before what it signed leaves this class. An
   * eighth of the lifetime is added, so that one write serves many certificates.
   */
  private void remember(String name, Instant until) {
    if (covers(view.rotation(), name, until)) {
      return;
    }
    synchronized (this) {
      Rotation rotation = view.rotation();
      if (rotation.find(name).isEmpty()) {
        throw new CertificateAuthorityException(
            "CA '" + name + "' was retired while it signed; nothing was issued");
      }
      if (covers(rotation, name, until)) {
        return; // another thread was faster
      }
      Duration left = Duration.between(settings.clock.instant(), until);
      Instant mark = until.plus(left.dividedBy(8)).plusSeconds(1).truncatedTo(ChronoUnit.SECONDS);
      Rotation next = rotation.signed(name, mark);
      try {
        journal.write(next);
      } catch (IOException e) {
        throw new CertificateAuthorityException(
            "nothing is issued: the CA's journal cannot be written", e);
      }
      view = new View(next, view.active(), view.bundle());
    }
  }

  private static boolean covers(Rotation rotation, String name, Instant until) {
    return rotation
        .find(name)
        .flatMap(AuthorityState::signedUntil)
        .filter(mark -> !until.isAfter(mark))
        .isPresent();
  }

  /** Returns the CAs, newest first. */
  public List<AuthorityState> authorities() {
    return view.rotation().authorities();
  }

  /** Returns from when on {@link #activate} need not be forced; empty while none is prepared. */
  public Optional<Instant> activatableAt() {
    return view.rotation().prepared().map(ca -> ca.publishedAt().plus(settings.publishAhead));
  }

  /**
   * Makes the next CA and publishes it; it signs nothing yet.
   *
   * @throws RotationRefusedException if one is prepared already
   * @throws IOException if its files cannot be written; then nothing has changed
   */
  public void prepare() throws IOException {
    change(() -> prepared(Optional.empty()));
  }

  /**
   * Publishes a CA that was made elsewhere as the next one; its files are copied.
   *
   * @param cacerts a directory with Istio's four files
   * @throws RotationRefusedException if one is prepared already
   * @throws IOException if it is unusable, or files cannot be written; then nothing has changed
   */
  public void prepare(Path cacerts) throws IOException {
    change(() -> prepared(Optional.of(cacerts)));
  }

  private Rotation prepared(Optional<Path> cacerts) throws IOException {
    Rotation rotation = view.rotation();
    rotation.requireNonePrepared();
    String name = "ca-" + (rotation.sequence() + 1);
    try {
      if (cacerts.isPresent()) {
        files.plugIn(name, cacerts.get());
      }
      files.create(name);
    } catch (IOException e) {
      clean(rotation);
      throw e;
    }
    return rotation.prepare(name, settings.clock.instant());
  }

  /**
   * Lets the prepared CA sign, and destroys the key of the one that signed before.
   *
   * @param force also before every peer is sure to know it; who does not refuses what it signs
   * @throws RotationRefusedException if none is prepared, or it is too early
   * @throws IOException if that cannot be written; then nothing has changed
   */
  public void activate(boolean force) throws IOException {
    Instant now = settings.clock.instant();
    view.rotation().activate(now, settings.publishAhead, force); // refused before anybody is told
    beforeActivation.forEach(Runnable::run);
    change(() -> view.rotation().activate(settings.clock.instant(), settings.publishAhead, force));
  }

  /**
   * Drops the roots of old CAs under which nothing is valid any more.
   *
   * @param force drops all of them, e.g. because a key has leaked; what they signed is refused from
   *     then on
   * @throws RotationRefusedException if there is none, or something is still valid under each
   * @throws IOException if that cannot be written; then nothing has changed
   */
  public void retire(boolean force) throws IOException {
    change(() -> view.rotation().retire(settings.clock.instant(), force));
  }

  /** One step of a rotation. */
  private interface Step {
    Rotation next() throws IOException;
  }

  private void change(Step step) throws IOException {
    TrustBundle before;
    TrustBundle after;
    synchronized (this) {
      before = view.bundle();
      Rotation next = step.next();
      View made = view(next); // unreadable files are found out before anything counts
      journal.write(next);
      view = made;
      after = made.bundle();
      try {
        clean(next);
      } catch (IOException e) {
        LOG.warn("event=ca_keys_left hint=\"the next start tries again\"", e);
      }
    }
    if (!after.equals(before)) {
      listeners.forEach(listener -> listener.accept(after));
    }
  }

  /**
   * Tells {@code listener} of each new trust bundle, on the thread that changed it.
   *
   * @return ends that
   */
  public Runnable addListener(Consumer<TrustBundle> listener) {
    listeners.add(requireNonNull(listener, "listener"));
    return () -> listeners.remove(listener);
  }

  /**
   * Runs {@code task} before the prepared CA signs, on the thread that activates it: the last
   * moment to have something signed by the one before.
   */
  public void beforeActivation(Runnable task) {
    beforeActivation.add(requireNonNull(task, "task"));
  }

  private View view(Rotation rotation) throws IOException {
    Set<X509Certificate> roots = new LinkedHashSet<>();
    Map<String, PublicKey> jwtKeys = new TreeMap<>();
    AuthorityFiles.@Nullable Signers active = null;
    for (AuthorityState ca : rotation.authorities()) {
      if (ca.phase() == Phase.OLD) {
        roots.addAll(files.chain(ca.name()).roots());
        jwtKeys.putAll(files.jwtKeys(ca.name()));
      } else {
        AuthorityFiles.Signers signers = files.load(ca.name());
        roots.addAll(signers.chain().roots());
        jwtKeys.putAll(signers.jwt().keys());
        active = ca.phase() == Phase.ACTIVE ? signers : active;
      }
    }
    TrustBundle bundle =
        new TrustBundle(
            settings.trustDomain,
            List.copyOf(roots),
            jwtKeys,
            Optional.of(BigInteger.valueOf(rotation.sequence())),
            Optional.of(settings.refreshHint()));
    return new View(rotation, requireNonNull(active, "active"), bundle);
  }

  /** Destroys what {@code rotation} has no use for; a crash before leaves it to the next start. */
  private void clean(Rotation rotation) throws IOException {
    for (AuthorityState old : rotation.in(Phase.OLD)) {
      files.destroyKeys(old.name());
    }
    files.keepOnly(rotation.authorities().stream().map(AuthorityState::name).toList());
  }

  @Override
  public String toString() {
    return "RotatingCertificateAuthority[" + settings.trustDomain + ", " + authorities() + "]";
  }

  /** Builds {@link RotatingCertificateAuthority}. Not thread-safe. */
  public static final class Builder {

    private static final Duration LONGEST_HINT = Duration.ofMinutes(5); // SPIRE's
    private static final int HINTS_AHEAD = 5; // SPIFFE Federation 4.1: 3 to 5 times the hint

    private final Path directory;
    private final TrustDomain trustDomain;
    private Duration publishAhead = Duration.ofHours(24);
    private char[] keyPassword = new char[0];
    private InstantSource clock = InstantSource.system();
    private SecureRandom random = new SecureRandom();
    private Cryptography cryptography = Cryptography.DEFAULT;
    private CaObserver observer = CaObserver.logging();

    private Builder(Path directory, TrustDomain trustDomain) {
      this.directory = requireNonNull(directory, "directory");
      this.trustDomain = requireNonNull(trustDomain, "trustDomain");
    }

    /**
     * How long a CA is published before it signs: the longest lifetime of an SVID; a day by
     * default.
     */
    public Builder publishAhead(Duration ahead) {
      if (ahead.isNegative()) {
        throw new IllegalArgumentException("publishAhead " + ahead + " (expected: >= 0)");
      }
      this.publishAhead = ahead;
      return this;
    }

    /** The password of the private keys on disk; copied. Without one they are not encrypted. */
    public Builder keyPassword(char[] password) {
      this.keyPassword = password.clone();
      return this;
    }

    /** The time; the system's by default. */
    public Builder clock(InstantSource clock) {
      this.clock = requireNonNull(clock, "clock");
      return this;
    }

    /** Keys, serial numbers and signatures. */
    public Builder random(SecureRandom random) {
      this.random = requireNonNull(random, "random");
      return this;
    }

    /**
     * What makes and checks signatures: e.g. a native provider, which may be faster. BouncyCastle
     * by default, which also does what {@code provider} lacks.
     */
    public Builder provider(Provider provider) {
      this.cryptography = new Cryptography(requireNonNull(provider, "provider"));
      return this;
    }

    /** Is told before the CA ends; by default the log. */
    public Builder observer(CaObserver observer) {
      this.observer = requireNonNull(observer, "observer");
      return this;
    }

    private Duration refreshHint() {
      Duration hint = publishAhead.dividedBy(HINTS_AHEAD).truncatedTo(ChronoUnit.SECONDS);
      if (hint.compareTo(LONGEST_HINT) > 0) {
        return LONGEST_HINT;
      }
      return hint.isZero() ? Duration.ofSeconds(1) : hint;
    }

    /**
     * Opens the CA, and makes it on the first call; see {@link LocalCertificateAuthority#open} for
     * the files of each CA. One process at a time.
     *
     * @throws IOException if files cannot be read or written, others may read a key, one is lost,
     *     or a CA is unusable
     * @throws IllegalArgumentException if Java's TLS cannot read certificates of the trust domain
     */
    public RotatingCertificateAuthority open() throws IOException {
      return new RotatingCertificateAuthority(this, PrivateDirectory.open(directory));
    }
  }
}
