// Where the private Redis listens: a socket in the state directory. The system takes socket paths of 107 bytes at most;
// for longer ones the socket lies under the temporary directory, and a link in the state directory leads there.

import Glibc
import ProcessSupport

struct RedisSocket {
  /// Absolute, short enough.
  let path: String

  private static let longest = 107
  private static let name = "redis.sock"
  private static let elsewhere = "/tmp/millrace-"

  /// `state` is the absolute path of the state directory, which this process has locked.
  init(in state: String) throws(CommandFailure) {
    let link = "\(state)/\(Self.name)"
    Self.clear(in: state)
    guard link.utf8.count > Self.longest else {
      path = link
      return
    }
    var template = Array("\(Self.elsewhere)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CommandFailure("the path of \(link) is longer than a socket's may be, and /tmp cannot be written")
    }
    let directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    path = "\(directory)/\(Self.name)"
    guard symlink(path, link) == 0 else { throw TextFile.unreadable(link, errno) }
  }

  /// The socket of a `millrace up` that runs with this state directory, or did and was killed.
  static func existing(in state: String) -> String? {
    guard let resolved = realpath("\(state)/\(name)", nil) else { return nil }
    defer { free(resolved) }
    let path = String(cString: resolved)
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK ? path : nil
  }

  static func url(_ path: String) -> String {
    let escaped = path.utf8.map { byte -> String in
      let isPlain = (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || "/-_.~".utf8.contains(byte)
      let digits = String(byte, radix: 16, uppercase: true)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + digits
    }
    return "unix://" + escaped.joined()
  }

  /// Removes the socket, also one that an earlier `millrace up` has left, and the directory under /tmp.
  static func clear(in state: String) {
    let link = "\(state)/\(name)"
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(link, &buffer, buffer.count)
    if length > 0 {
      let target = String(decoding: buffer[..<length].map(UInt8.init(bitPattern:)), as: UTF8.self)
      if target.hasPrefix(elsewhere), target.hasSuffix("/\(name)") {
        unlink(target)
        rmdir(String(target.dropLast(name.utf8.count + 1)))
      }
    }
    unlink(link)
  }
}
