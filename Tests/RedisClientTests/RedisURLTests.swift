// Redis URLs as operators write them, and what they are told when they write them wrong.

import Testing

@testable import RedisClient

@Suite("Redis URLs")
struct RedisURLTests {
  struct Good: Sendable, CustomTestStringConvertible {
    let text: String
    let endpoint: RedisAddress
    var user: String?
    var password: String?
    var database = 0
    let description: String
    var testDescription: String { text }
  }

  static let good: [Good] = [
    Good(
      text: "redis://localhost", endpoint: .tcp(host: "localhost", port: 6379), description: "redis://localhost:6379/0"),
    Good(text: "REDIS://cache:7000/", endpoint: .tcp(host: "cache", port: 7000), description: "redis://cache:7000/0"),
    Good(text: "redis://", endpoint: .tcp(host: "127.0.0.1", port: 6379), description: "redis://127.0.0.1:6379/0"),
    Good(
      text: "redis://h:1/12", endpoint: .tcp(host: "h", port: 1), database: 12, description: "redis://h:1/12"),
    Good(text: "redis://h?db=3", endpoint: .tcp(host: "h", port: 6379), database: 3, description: "redis://h:6379/3"),
    Good(
      text: "redis://:secret@h", endpoint: .tcp(host: "h", port: 6379), password: "secret",
      description: "redis://:***@h:6379/0"),
    Good(
      text: "redis://mill%40race:p%3A%2F%40%20%C3%A9@h:6380/1", endpoint: .tcp(host: "h", port: 6380),
      user: "mill@race", password: "p:/@ é", database: 1, description: "redis://mill@race:***@h:6380/1"),
    Good(
      text: "redis://u:p@ss:word@h", endpoint: .tcp(host: "h", port: 6379), user: "u", password: "p@ss:word",
      description: "redis://u:***@h:6379/0"),
    Good(text: "redis://[::1]", endpoint: .tcp(host: "::1", port: 6379), description: "redis://[::1]:6379/0"),
    Good(
      text: "redis://:x@[fe80::1%25eth0]:7/2", endpoint: .tcp(host: "fe80::1%eth0", port: 7), password: "x",
      database: 2, description: "redis://:***@[fe80::1%eth0]:7/2"),
    Good(
      text: "unix:///run/redis.sock", endpoint: .unix(path: "/run/redis.sock"), description: "unix:///run/redis.sock"),
    Good(
      text: "unix:///a%20b?db=2", endpoint: .unix(path: "/a b"), database: 2, description: "unix:///a b?db=2"),
    Good(
      text: "unix://u:p@/run/r.sock?db=4", endpoint: .unix(path: "/run/r.sock"), user: "u", password: "p", database: 4,
      description: "unix://u:***@/run/r.sock?db=4"),
  ]

  @Test("are read part by part, and their description masks the password", arguments: good)
  func reads(_ example: Good) throws {
    let url = try RedisURL(example.text)
    #expect(url.places.count == 1)
    #expect(url.places[0].shape == .server(example.endpoint))
    #expect(url.places[0].login?.user == example.user)
    #expect(url.places[0].login?.password == example.password)
    #expect(url.places[0].database == example.database)
    #expect(url.description == example.description)
  }

  @Test("may have an @ in the path of a socket and in the value of an option")
  func late() throws {
    let socket = try RedisURL("unix:///run/redis@1.sock")
    #expect(socket.places[0].shape == .server(.unix(path: "/run/redis@1.sock")))
    let sentinel = try RedisURL("redis+sentinel://h/mymaster?sentinelPassword=p@ss")
    #expect(sentinel.places[0].sentinelLogin?.password == "p@ss")
  }

  @Test(
    "that cannot work are refused with a line that says why and never shows the password",
    arguments: [
      ("localhost:6379", "no scheme"),
      ("", "no scheme"),
      ("redis://a,b", "takes one host"),
      ("redis+sentinel://h:26379", "needs the name under which the sentinels know the primary"),
      ("redis+cluster://h/3", "database 0 only"),
      ("redis://a redis+cluster://b", "cannot be one of several shards"),
      ("redis://a redis://u:hidden@a", "named twice"),
      ("rediss://u:hidden@h?ca=/nowhere.pem", "/nowhere.pem"),
      ("http://h", "http:// is not supported"),
      ("redis://h:0", "1 to 65535"),
      ("redis://h:99999", "1 to 65535"),
      ("redis://h:port", "1 to 65535"),
      ("redis://h/db", "must be a number"),
      ("redis://h/-1", "must be a number"),
      ("redis://h?timeout=3", "the option timeout is unknown"),
      ("redis://::1:6379", "in brackets"),
      ("redis://[::1", "closing bracket"),
      ("redis://user@h", "names a user but no password"),
      ("redis://u:hidden%2@h", "valid %XX"),
      ("redis://u:hidden%zz@h", "valid %XX"),
      ("redis://u:hidden%ff@h", "not valid UTF-8"),
      ("unix://relative/path", "absolute path"),
      ("unix://", "absolute path"),
      ("unix:///" + String(repeating: "x", count: 120), "107 at most"),
      ("redis+cluster://a,b,a", "named twice"),
      ("redis+cluster://a,,b", "no host on one side"),
      ("redis://[::1]hidden", "behind the ]"),
      ("redis://:hidden@h/hidden/1", "the database's number at most"),
      ("redis://:hidden/xyz@h", "written %2F"),
      ("redis://:xyz/hidden@h", "written %2F"),
      ("redis://u:12/hidden@h:6379/0", "written %2F"),
      ("redis://:hidden?xyz@h", "written %2F or %3F"),
      ("redis://:12?hidden@h", "written %2F or %3F"),
      ("redis://:12?hidden=1@h", "written %2F or %3F"),
      ("redis://:12?db=hidden@h", "written %2F or %3F"),
      ("redis+sentinel://:12/hidden@h:26379", "written %2F"),
      ("redis+sentinel://:12/hidden@h:26379/mymaster", "written %2F"),
      ("redis+cluster://:12/hidden@h", "written %2F"),
      ("unix://u:hidden/x@/run/redis.sock", "written %2F"),
      ("u:hidden://x@h", "no scheme"),
    ])
  func refuses(text: String, reason: String) {
    let error = #expect(throws: RedisURLError.self) { try RedisURL(text) }
    #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("hidden") == false)
  }
}
