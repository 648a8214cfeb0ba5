// The lists of addresses that workflows name, `github-hooks` for example: files of MILLRACE_ADDRESSES_DIR, read at start
// and again when one changes.
//
// A list that is missing or broken holds nobody: the workflow that names it answers 403 until the file is right, whether
// or not this process has known a better one before. That is told in the log and counted, but it does not make the
// process unready: all ingests of an installation have the same files, and a balancer that took all of them away would
// stop every workflow because of one.

package import Logging
package import ProcessSupport
import ServiceLifecycle
import Synchronization

package final class NamedAddressLists: Service, Sendable {
  private struct Known {
    var lists: [String: AddressSet] = [:]
    var broken: Set<String> = []
    var stamps: [String: FileStamp] = [:]
    /// Names that were asked for in vain since the last change, so that each is told once.
    var missed: Set<String> = []
    var isUnreadable = false
  }

  private let directory: String?
  private let interval: Duration
  private let logger: Logger
  private let known = Mutex(Known())

  /// Without a directory there are no lists.
  package init(directory: String?, interval: Duration = .seconds(3), logger: Logger) {
    self.directory = directory
    self.interval = interval
    self.logger = logger
    refresh()
  }

  package func register(in registry: MetricsRegistry) {
    registry.gauge("millrace_ingest_address_lists", help: "Named lists of addresses that are in use.") { [self] in
      Double(known.withLock { $0.lists.count })
    }
    registry.gauge("millrace_ingest_address_lists_broken", help: "Named lists of addresses that hold nobody.") {
      [self] in Double(known.withLock { $0.broken.count + $0.missed.subtracting($0.broken).count })
    }
  }

  /// For any thread.
  package func contains(_ address: IPAddress, in name: String) -> Bool {
    let (list, isNews) = known.withLock { known in
      let list = known.lists[name]
      return (list, list == nil && !known.broken.contains(name) && known.missed.insert(name).inserted)
    }
    if isNews {
      let place = directory.map { AddressListFile.path(of: name, in: $0) } ?? "MILLRACE_ADDRESSES_DIR is not set"
      logger.error(
        "a workflow names a list of addresses that does not exist; its webhooks are refused",
        metadata: ["list": "\(name)", "file": "\(place)"])
    }
    return list?.contains(address) ?? false
  }

  package func run() async throws {
    guard directory != nil else {
      try? await gracefulShutdown()
      return
    }
    while !Task.isCancelled && !Task.isShuttingDownGracefully {
      do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: self.interval) } } catch { return }
      refresh()
    }
  }

  /// Reads the files that changed since the last look. Small files, rarely: any thread may do it.
  package func refresh() {
    guard let directory else { return }
    let names = AddressListFile.names(in: directory)
    if names == nil, !known.withLock({ $0.isUnreadable }) {
      logger.error("the directory of address lists cannot be read", metadata: ["directory": "\(directory)"])
    }
    var stamps: [String: FileStamp] = [:]
    for name in names ?? [] { stamps[name] = FileStamp(AddressListFile.path(of: name, in: directory)) }
    let before = known.withLock { known in
      known.isUnreadable = names == nil
      return known.stamps
    }
    guard stamps != before else { return }
    let changed = stamps.filter { before[$0.key] != $0.value }.keys.sorted()
    let read = changed.map { ($0, self.read($0, in: directory)) }
    known.withLock { known in
      known.stamps = stamps
      known.missed = []
      known.lists = known.lists.filter { stamps[$0.key] != nil }
      known.broken = known.broken.filter { stamps[$0] != nil }
      for (name, list) in read {
        known.lists[name] = list
        if list == nil { known.broken.insert(name) } else { known.broken.remove(name) }
      }
    }
  }

  private func read(_ name: String, in directory: String) -> AddressSet? {
    let path = AddressListFile.path(of: name, in: directory)
    do throws(AddressListFile.Problem) {
      let file = try AddressListFile.read(path)
      logger.info("address list read", metadata: ["list": "\(name)", "ranges": "\(file.ranges.count)"])
      return AddressSet(file.ranges)
    } catch {
      logger.error(
        "an address list is broken; webhooks of workflows that name it are refused",
        metadata: ["list": "\(name)", "file": "\(path)", "problem": "\(error)"])
      return nil
    }
  }
}
