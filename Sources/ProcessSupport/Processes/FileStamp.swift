// Whether a file is still the one that was read, without reading it again.

import Glibc

/// Follows links, so a mount that Kubernetes switches by a link counts as a change.
package struct FileStamp: Sendable, Hashable {
  private let device: UInt
  private let inode: UInt
  private let size: Int
  private let modified: Int
  private let modifiedNanoseconds: Int
  private let changed: Int
  private let changedNanoseconds: Int

  /// Nil when there is no such file.
  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    modified = status.st_mtim.tv_sec
    modifiedNanoseconds = status.st_mtim.tv_nsec
    changed = status.st_ctim.tv_sec
    changedNanoseconds = status.st_ctim.tv_nsec
  }
}
