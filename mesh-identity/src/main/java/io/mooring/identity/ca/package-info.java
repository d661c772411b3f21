/**
 * The certificate authority: requests in, templates, signing, and a check of everything that was
 * signed.
 *
 * <p>This package is public API. It alone uses BouncyCastle, whose signatures are several times
 * faster than the JDK's; the provider is passed to each call and never registered.
 */
@NullMarked
package io.mooring.identity.ca;

import org.jspecify.annotations.NullMarked;
