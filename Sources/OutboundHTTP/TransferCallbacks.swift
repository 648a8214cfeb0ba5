// The functions that libcurl calls while it works. File-scope functions, because a closure written in isolated code
// checks its executor when C calls it. The context of the first four is the `Transfer`, of the last two the
// `TransferSet`; both outlive every call, see there.

import CCurl
import Glibc
import ProcessSupport

func bodyArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let length = size * count
  // Any other number than the length breaks the transfer off; the one for "pause" is no length.
  return transfer.take(body: UnsafeRawBufferPointer(start: bytes, count: length)) ? length : length == 0 ? 1 : 0
}

func headerArrived(
  _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
  guard let context else { return 0 }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  let length = size * count
  return transfer.take(header: UnsafeRawBufferPointer(start: bytes, count: length)) ? length : 0
}

/// Asked for each connection attempt, with the address that the name was resolved to: the one place where no redirect
/// and no DNS answer gets past the egress policy.
func socketAsked(
  _ context: UnsafeMutableRawPointer?, _ purpose: curlsocktype, _ target: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
  guard let context, let target, let address = millrace_curl_address(target) else { return millrace_curl_no_socket() }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  // Other families than IPv4 and IPv6 do not come from URLs.
  guard let destination = IPAddress(sockaddr: address) else { return millrace_curl_no_socket() }
  guard transfer.permits(destination) else { return millrace_curl_no_socket() }
  let kind = target.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
  let descriptor = socket(target.pointee.family, kind, target.pointee.protocol)
  if descriptor < 0, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { transfer.missesSocket(errno) }
  return descriptor
}

/// Asked when the connection stands and the request's first byte is about to leave, for each redirect too.
func requestStarts(
  _ context: UnsafeMutableRawPointer?, _ target: UnsafeMutablePointer<CChar>?,
  _ local: UnsafeMutablePointer<CChar>?, _ targetPort: Int32, _ localPort: Int32
) -> Int32 {
  guard let context else { return CURL_PREREQFUNC_ABORT }
  let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
  return transfer.start() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
}

/// libcurl wants to know about a socket's readiness, or no more.
func socketWanted(
  _ easy: UnsafeMutableRawPointer?, _ socket: curl_socket_t, _ what: Int32, _ context: UnsafeMutableRawPointer?,
  _ socketContext: UnsafeMutableRawPointer?
) -> Int32 {
  guard let context else { return -1 }
  Unmanaged<TransferSet>.fromOpaque(context).takeUnretainedValue().watch(socket, what: what)
  return 0
}

/// libcurl wants to be called after a time; -1 takes the wish back.
func timerWanted(_ multi: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?) -> Int32 {
  guard let context else { return -1 }
  Unmanaged<TransferSet>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds: milliseconds)
  return 0
}
