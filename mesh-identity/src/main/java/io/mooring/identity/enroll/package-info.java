/**
 * Enrolment: a VM that is connected has a WorkloadEntry, made from the template of its
 * WorkloadGroup; one that has gone has none.
 *
 * <h2>The life of an entry</h2>
 *
 * <p>Several control planes (replicas) may share a store. Each entry names the lease under which it
 * is held, and an epoch that rises with each claim; every write is a compare-and-set.
 *
 * <pre>{@code
 *                first stream                          last stream ends
 * (no entry) ------------------> CONNECTED(h, e) -----------------------> LEAVING(h, e)
 *     ^  ^                        |   ^   ^  ^ |                            |  |  |
 *     |  |       group deleted,   |   |   |  | |  stream, same replica      |  |  |
 *     |  +--- not its identity ---+   |   |  | +----------(no write)--------+  |  |
 *     |       (then WAITING)          |   |  |                                 |  |
 *     |                               |   |  +--- stream to another replica ---+  |
 *     |        newest stream is       |   |            CONNECTED(h', e+1)         |
 *     |        to another replica     |   |                                       |
 *     |        CONNECTED(h', e+1) ----+   |                                       |
 *     |                                   | stream to any replica                 |
 *     |                                   | CONNECTED(h', e+1)                    |
 *     |   nobody came for the window      |                                       |
 *     +------------------------------ ORPHANED(h, e) <--- lease h has ended ------+
 *     |                                                     (also from CONNECTED)
 *     +------------------------------ grace period over, from LEAVING(h, e)
 * }</pre>
 *
 * <p>What one replica does is a pure function of what is stored and of its own streams ({@code
 * Lifecycle}); it is asked again on each connect, disconnect, edit of a group, write of the entry
 * by somebody else, and every five seconds. So a lost event delays, and breaks nothing.
 *
 * <ul>
 *   <li>A VM is its group and its id: {@code WORKLOAD_ID}, else first address and network. Address,
 *       network and name of the entry are attributes: equal addresses in two networks are two VMs,
 *       and a VM with an id keeps its entry when its address changes.
 *   <li>The newest stream wins the entry. A replica that still has an older stream keeps quiet
 *       while the holder lives, and claims the entry at once when the holder lets go or has gone.
 *   <li>A lease is a counter that its replica raises every five seconds. Others that see it
 *       unchanged four times, by their own pace, end it. No timestamp is compared with another, so
 *       clocks may step. A replica that was taken for gone finds its lease ended, takes a new one,
 *       and claims again the entries of the VMs that are connected to it.
 *   <li>Only the holder changes an entry's specification, and only the holder, or after the end of
 *       its lease anybody, deletes it: with the lease and epoch that were seen, else not at all.
 *   <li>When control plane and VM die together, the entry is orphaned and goes after the return
 *       window: grace period plus {@link
 *       io.mooring.identity.enroll.WorkloadRegistrar#RETURN_ALLOWANCE}, counted from the start of
 *       the control plane that finds it, and anew as long as others that were orphaned with it
 *       return.
 * </ul>
 *
 * <h2>Admin state</h2>
 *
 * <p>An operator may drain or disable a VM. An entry that would be removed is then kept instead,
 * marked as departed: it is no endpoint of anything, counts as (no entry) in the picture, and gives
 * the state back to the VM when it returns. Enabling the VM removes it.
 *
 * <h2>Health</h2>
 *
 * <p>A member of a group with a probe, or one whose node metadata has {@code
 * PROXY_CONFIG.readinessProbe}, gets no traffic before its first healthy report, as in Istio. A
 * report is a discovery request of type {@code istio.v1.HealthInformation}, unhealthy with an
 * {@code error_detail}; its {@code version_info} (in delta {@code response_nonce}) may number it.
 * Numbered reports are acknowledged when they are stored: a response of the same type, its nonce
 * the report's number, its version the number that counts now. A version above the number says that
 * the report was stale; number the next one higher. An entry keeps its health as long as it exists.
 *
 * <p>A VM whose WorkloadEntry somebody wrote by hand says so by {@code WORKLOAD_ENTRY}, and reports
 * likewise. What is known of it is an {@link io.mooring.service.EntryOverlay} in the store, which
 * lives as the entry of a member does; without one, the entry's own word counts. Where the author
 * wrote it into the store itself, as in Kubernetes, it is told in the entry instead: annotations
 * and the condition {@code Healthy}, which go when the VM does. The entry is nobody's but its
 * author's: no VM changes its specification or deletes it, and one that registers for a group is
 * refused where its entry would have the same name ({@code ENTRY_TAKEN}; Istio takes such an entry
 * over).
 *
 * <h2>Refusals</h2>
 *
 * <p>The stream ends with PERMISSION_DENIED, or UNAVAILABLE where trying again helps; the status
 * begins with a {@link io.mooring.identity.enroll.EnrollmentRefusedException.Reason} and has it as
 * {@code google.rpc.ErrorInfo} of domain {@code mooring.io} in its details.
 *
 * <p>This package is public API.
 */
@NullMarked
package io.mooring.identity.enroll;

import org.jspecify.annotations.NullMarked;
