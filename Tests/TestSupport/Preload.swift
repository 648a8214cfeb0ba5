// Small libraries that a test puts in front of libc's with LD_PRELOAD, for faults that a program cannot do to itself.

import Foundation

package enum Preload {
  /// Builds it with the compiler that Swift brings along; returns where it is.
  static func library(_ name: String, _ source: String, in directory: String) throws(RedisServer.Failure) -> String {
    let (file, library) = ("\(directory)/\(name).c", "\(directory)/\(name).so")
    do {
      try source.write(toFile: file, atomically: false, encoding: .utf8)
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["clang", "-shared", "-fPIC", "-O1", "-w", "-o", library, file]
      try compiler.run()
      compiler.waitUntilExit()
      if compiler.terminationStatus == 0 { return library }
    } catch {}
    throw RedisServer.Failure(description: "clang did not build \(name).c")
  }

  /// The environment of a program whose clock is so many seconds ahead.
  package static func clock(ahead seconds: Int, in directory: TemporaryDirectory) throws -> [String: String] {
    let source = """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <time.h>

      int clock_gettime(clockid_t clock, struct timespec *time) {
        static int (*real)(clockid_t, struct timespec *);
        if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
        int result = real(clock, time);
        if (result == 0 && clock == CLOCK_REALTIME) time->tv_sec += (\(seconds));
        return result;
      }

      """
    let name = "clock\(seconds)".replacing("-", with: "_")
    return ["LD_PRELOAD": try library(name, source, in: directory.path)]
  }
}
