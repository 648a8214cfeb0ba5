// Where libFuzzer comes in: one program for all targets, of which the environment names the one to run.

import Foundation

private let variables = ProcessInfo.processInfo.environment
private let chosen = variables["MILLRACE_FUZZ_TARGET"] ?? ""
private let target = FuzzTarget.all.first { $0.name == chosen }

/// Without a target it lists them; with `MILLRACE_FUZZ_SEEDS` it puts the target's seeds into that folder first.
@_cdecl("LLVMFuzzerInitialize")
package func initialize(
  _ count: UnsafeMutablePointer<CInt>?,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>?
) -> CInt {
  guard let target else {
    for target in FuzzTarget.all { print(target.name) }
    exit(chosen.isEmpty ? 0 : 64)
  }
  if let folder = variables["MILLRACE_FUZZ_SEEDS"] {
    for (index, seed) in target.seeds.enumerated() {
      let file = URL(filePath: folder).appending(path: "seed-\(index)")
      do { try Data(seed.utf8).write(to: file) } catch { fatalError("cannot write \(file.path): \(error)") }
    }
  }
  return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
package func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target?.run(Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}
