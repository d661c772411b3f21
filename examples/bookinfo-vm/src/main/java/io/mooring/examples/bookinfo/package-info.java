/**
 * Bookinfo on six VMs of one machine: a control plane, six agents with a token each, six Envoys,
 * real requests. {@link io.mooring.examples.bookinfo.Main} is the command.
 *
 * <p>Each VM is a loopback address of its own, {@code 127.x.y.1} and up: no root, no container. It
 * runs one program on {@code 127.0.0.1} and one Envoy, whose outbound listener (port 9080, all
 * services) and inbound listener (the program's port) are on the VM's address.
 *
 * <p>This package is part of an example, not API.
 */
@NullMarked
package io.mooring.examples.bookinfo;

import org.jspecify.annotations.NullMarked;
