// What wrk sends: the same POST to every side, as fast as it can or at a steady rate.

import Foundation

enum Load {
  static let body = #"{"event":"test","data":{"message":"Hello NocoBase"}}"#

  /// The peers' own script where there is one, else its twin.
  static func script(on stage: Stage, _ peers: PeerDirectory?) throws -> String {
    if let path = peers?.file("post.lua") { return path }
    return try stage.write(
      """
      wrk.method = "POST"
      wrk.body   = '\(body)'
      wrk.headers["Content-Type"] = "application/json"
      """, to: "post.lua")
  }

  /// Requests due at equal intervals, whichever connection is free; wrk itself knows no rate.
  ///
  /// wrk calls `delay` when a connection could send its next request and then waits as many milliseconds. The script
  /// counts the due times of all connections on one clock (there is one thread, so one Lua state). A request that is
  /// late, because every connection waited for its answer, goes out at once and the schedule catches up, a second at
  /// most. wrk's clock ticks in milliseconds, so requests of the same millisecond go out together. Latency counts from
  /// the sending, corrected by wrk for requests that a slow answer has kept from being sent.
  static func steadyScript(rate: Double, after script: String, on stage: Stage, name: String = "steady") throws
    -> String
  {
    try stage.write(
      """
      dofile("\(script)")
      local ffi = require("ffi")
      ffi.cdef("typedef struct { long s, ns; } bench_time; int clock_gettime(int clock, bench_time *time);")
      local time = ffi.new("bench_time")
      local due
      function delay()
        ffi.C.clock_gettime(1, time)
        local now = tonumber(time.s) * 1e3 + tonumber(time.ns) / 1e6
        due = math.max(due or now, now - 1000) + \(1000 / rate)
        return math.max(0, due - now)
      end
      """, to: "\(name).lua")
  }
}
