// The memory of a runner as the kernel counts it, without what it shares with other processes.

import Glibc

/// Keeps the file open: looking costs one call then, and a number that the kernel gave to another process is no danger.
final class RunnerMemory {
  private let descriptor: Int32
  private let pageSize = sysconf(Int32(_SC_PAGESIZE))
  /// Of a runner that has run nothing yet.
  private var baseline = 0

  /// nil when the kernel does not show it.
  init?(of process: pid_t) {
    descriptor = open("/proc/\(process)/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    baseline = privateBytes
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Bytes beyond what it had at first; 0 when it is gone.
  var growth: Int { max(0, privateBytes - baseline) }

  /// Resident pages minus shared ones: the second and the third field.
  private var privateBytes: Int {
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 1) { text in
      let count = max(0, pread(descriptor, text.baseAddress, text.count, 0))
      var fields = [0, 0, 0]
      var index = 0
      for byte in text[..<count] where index < fields.count {
        if byte == UInt8(ascii: " ") { index += 1 } else { fields[index] = fields[index] * 10 + Int(byte) - 48 }
      }
      return (fields[1] - fields[2]) * pageSize
    }
  }
}
