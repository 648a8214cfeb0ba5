// The directory of address lists as the command line sees it: read like ingest reads it, written so that no reader ever
// finds half a file.

import Glibc
import ProcessSupport

struct AddressListDirectory {
  static let standard = "deploy/addresses"

  let path: String

  init(_ settings: Settings) {
    path = settings.addressesDirectory ?? Self.standard
  }

  /// - Throws: With the code for missing input, when the directory cannot be read.
  func names() throws(CommandFailure) -> [String] {
    guard let names = AddressListFile.names(in: path) else {
      throw CommandFailure(
        "\(path): the directory cannot be read; --addresses-dir names another", code: ExitCode.noInput)
    }
    return names
  }

  func exists(_ name: String) -> Bool { FileStamp(file(name)) != nil }

  func read(_ name: String) throws(AddressListFile.Problem) -> AddressListFile { try .read(file(name)) }

  func write(_ list: AddressListFile, of published: PublishedList, from origin: String) throws(CommandFailure) {
    let comments = [
      "\(published.name): the addresses from which \(published.meaning)", "from \(origin), told at \(published.page)",
    ]
    let target = file(published.name)
    // A name that no reader takes for a list.
    let draft = target + ".new"
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw TextFile.unwritable(draft, errno) }
    writeAll(list.text(comments: comments), to: descriptor)
    // What a full disk has left of it is found by reading it back.
    let isWritten = fsync(descriptor) == 0 && (try? AddressListFile.read(draft)) == list
    close(descriptor)
    guard isWritten, rename(draft, target) == 0 else {
      let code = errno
      unlink(draft)
      throw TextFile.unwritable(target, code)
    }
  }

  private func file(_ name: String) -> String { AddressListFile.path(of: name, in: path) }
}
