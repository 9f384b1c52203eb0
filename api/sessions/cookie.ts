/**
 * The session cookie's name. `__Host-` makes a browser refuse it without Secure, with a Domain or another path, so that
 * no other host can plant one; without https that prefix can't be used.
 */
export function cookieNameFor(publicUrl: URL): '__Host-dw' | 'dw_session' {
  return publicUrl.protocol === 'https:' ? '__Host-dw' : 'dw_session';
}
