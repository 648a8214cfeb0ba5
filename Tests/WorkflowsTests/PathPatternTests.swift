// Paths of workflows: what fits, what is decoded, what clashes.
import Testing
import Workflows

@Suite("Path patterns")
struct PathPatternTests {
  @Test(
    "A path fits segment by segment, and its parameters are decoded",
    arguments: [
      ("/orders", "/orders", ""), ("/orders", "/orders/", ""), ("/orders/", "/orders", ""), ("/", "/", ""),
      ("/shops/:shop/orders", "/shops/main/orders", "shop=main"), ("/:a/:b", "/x/y", "a=x,b=y"),
      ("/:a", "/caf%C3%A9%20x", "a=café x"), ("/:a", "/a%2Fb", "a=a/b"), ("/:a", "/a+b", "a=a+b"),
      ("/files/*rest", "/files/a/b%20c", "rest=a/b c"), ("/files/*rest", "/files/a/", "rest=a"),
      ("/caf%C3%A9", "/café", ""), ("/café", "/caf%C3%A9", ""), ("/a.b-c_d~e", "/a.b-c_d~e", ""),
    ])
  func fits(pattern: String, path: String, values: String) throws {
    let found = try #require(PathPattern(parsing: pattern).match(path))
    #expect(found.map { "\($0.name)=\($0.value)" }.joined(separator: ",") == values)
  }

  @Test(
    "Other paths do not fit",
    arguments: [
      ("/orders", "/order"), ("/orders", "/Orders"), ("/orders", "/orders/1"), ("/orders/:id", "/orders"),
      ("/orders/:id", "/orders/"), ("/orders/:id", "/orders//"), ("/files/*rest", "/files"),
      ("/files/*rest", "/files/"),
      ("/:a", "/%zz"), ("/:a", "/%ff"), ("/:a", "/%2"), ("/a", "a"), ("/a", ""), ("/", "/a"), ("/:a", "/"),
    ])
  func misses(pattern: String, path: String) throws {
    #expect(try PathPattern(parsing: pattern).match(path) == nil)
  }

  @Test(
    "Two patterns clash when some path fits both",
    arguments: [
      ("/a", "/a", true), ("/a", "/a/", true), ("/a", "/b", false), ("/:x", "/a", true), ("/:x/b", "/a/:y", true),
      ("/:x/b", "/a/c", false), ("/a/*rest", "/a/b/c", true), ("/a/*rest", "/a", false), ("/*rest", "/a", true),
      ("/*rest", "/", false), ("/a/:x", "/a", false), ("/a/*r", "/:x/*s", true), ("/a/*r", "/b/*s", false),
    ])
  func clashes(left: String, right: String, expected: Bool) throws {
    let (left, right) = (try PathPattern(parsing: left), try PathPattern(parsing: right))
    #expect(left.clashes(with: right) == expected)
    #expect(right.clashes(with: left) == expected)
  }

  @Test(
    "A wrong pattern is told where and why",
    arguments: [
      ("orders", 0, "begins with"), ("/a?b", 2, "no \"?\""), ("/a b", 2, "blanks"), ("/a//b", 3, "two slashes"),
      ("/api/x", 0, "belong to Millrace"), ("/-/x", 0, "belong to Millrace"), ("/api", 0, "belong"),
      ("/:", 1, "needs a name"),
      ("/:1a", 1, "begins with a letter"), ("/:a.b", 1, "needs a name"), ("/*r/x", 1, "must come last"),
      ("/:a/:a", 0, "stands twice"),
      ("/../x", 1, "cannot stand"), ("/a/{id}", 3, "write :name"), ("/a*", 1, "write :name"),
      ("/%zz", 1, "percent encoding"),
    ])
  func mistakes(pattern: String, offset: Int, message: String) {
    #expect {
      try PathPattern(parsing: pattern)
    } throws: { error in
      guard let error = error as? PathPatternError else { return false }
      return error.offset == offset && error.message.contains(message)
    }
  }
}
