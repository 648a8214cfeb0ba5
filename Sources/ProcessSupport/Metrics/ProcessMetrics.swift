// What the kernel tells about this process, read when Prometheus asks.

import Glibc

struct ProcessMetrics: Sendable {
  /// Seconds since the epoch.
  let startTime: Double

  init() {
    startTime = ProcessMetrics.readStartTime()
  }

  /// Bytes; 0 where /proc is not mounted.
  func residentMemory() -> Double {
    let fields = ProcessMetrics.words(of: "/proc/self/statm")
    guard fields.count > 1, let pages = Double(fields[1]) else { return 0 }
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  func openDescriptors() -> Double {
    // One of them is the descriptor that lists the directory.
    Double(max(0, (SmallFile.names(in: "/proc/self/fd")?.count ?? 0) - 1))
  }

  /// Seconds, user and system.
  func processorTime() -> Double {
    var usage = rusage()
    guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
  }

  private static func readStartTime() -> Double {
    // The second field is the program's name in parentheses and may hold blanks; the start is the 22nd field.
    let stat = text(of: "/proc/self/stat")
    let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
    let bootLine = text(of: "/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    guard fields.count > 20, let ticks = Double(fields[20]), let boot = bootLine.flatMap({ Double($0.dropFirst(6)) })
    else { return Double(time(nil)) }
    return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func words(of path: String) -> [Substring] {
    text(of: path).split(separator: " ")
  }

  private static func text(of path: String) -> String {
    let bytes = (try? SmallFile.read(path, limit: 1 << 20)) ?? nil
    return String(decoding: bytes ?? [], as: UTF8.self)
  }
}
