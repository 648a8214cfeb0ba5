// Whom a trigger's list lets in, also while the files of named lists come, change, break and go.

import Logging
import ProcessSupport
import TestSupport
import Testing
import WebhookChecks

@testable import IngestService

@Suite("Allow lists")
struct AddressListTests {
  private static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

  private func lists(_ directory: TemporaryDirectory?) -> NamedAddressLists {
    NamedAddressLists(directory: directory?.path, logger: Self.quiet)
  }

  @Test("ranges and single addresses of both kinds are let in, nobody else")
  func ranges() throws {
    let list = try AddressList(texts: ["203.0.113.0/24", "2001:db8::/32", "192.0.2.7"])
    let lists = lists(nil)
    for client in ["203.0.113.200", "2001:db8:ffff::1", "192.0.2.7", "::ffff:192.0.2.7"] {
      #expect(list.permits(client, lists: lists), "\(client)")
    }
    for client in ["203.0.114.0", "2001:db9::1", "192.0.2.8", "", "localhost"] {
      #expect(!list.permits(client, lists: lists), "\(client)")
    }
  }

  @Test("what is neither range nor name is told")
  func unreadable() {
    #expect(throws: AddressList.Unreadable(texts: ["10.0.0.0/33", "../passwd", "Upper", "a b"])) {
      _ = try AddressList(texts: ["10.0.0.0/8", "10.0.0.0/33", "../passwd", "github-hooks", "Upper", "a b"])
    }
  }

  @Test("a named list follows its file; missing and broken it holds nobody")
  func named() throws {
    let directory = try TemporaryDirectory()
    let lists = lists(directory)
    let list = try AddressList(texts: ["192.0.2.7", "shop"])
    #expect(!list.permits("203.0.113.1", lists: lists))
    try directory.write("shop.txt", "# the shop\n203.0.113.0/24  # office\n\n2001:db8::/32\n")
    lists.refresh()
    #expect(list.permits("203.0.113.1", lists: lists))
    #expect(list.permits("2001:db8::1", lists: lists))
    try directory.write("shop.txt", "198.51.100.0/24\n")
    lists.refresh()
    #expect(!list.permits("203.0.113.1", lists: lists))
    #expect(list.permits("198.51.100.1", lists: lists))
    try directory.write("shop.txt", "198.51.100.0/24\nnot an address\n")
    lists.refresh()
    #expect(!list.permits("198.51.100.1", lists: lists))
    #expect(list.permits("192.0.2.7", lists: lists), "its own ranges hold all the same")
    try directory.write("shop.txt", "198.51.100.0/24\n")
    lists.refresh()
    #expect(list.permits("198.51.100.1", lists: lists))
    directory.remove()
    lists.refresh()
    #expect(!list.permits("198.51.100.1", lists: lists))
  }

  @Test("lists that hold nobody are counted")
  func counted() throws {
    let directory = try TemporaryDirectory()
    try directory.write("good.txt", "198.51.100.0/24\n")
    try directory.write("empty.txt", "# nothing\n")
    let lists = lists(directory)
    let registry = MetricsRegistry()
    lists.register(in: registry)
    #expect(registry.render().contains("millrace_ingest_address_lists 1\n"))
    #expect(registry.render().contains("millrace_ingest_address_lists_broken 1\n"))
    _ = try AddressList(texts: ["absent", "empty"]).permits("192.0.2.1", lists: lists)
    #expect(registry.render().contains("millrace_ingest_address_lists_broken 2\n"))
  }

  @Test("the lists that Millrace comes with can be read")
  func shipped() throws {
    let directory = SharedTree.file("deploy/addresses")
    let names = try #require(AddressListFile.names(in: directory))
    #expect(Set(names).isSuperset(of: ["github-hooks", "stripe", "gitlab", "telegram", "paddle"]))
    for name in names { _ = try AddressListFile.read(AddressListFile.path(of: name, in: directory)) }
    let lists = NamedAddressLists(directory: directory, logger: Self.quiet)
    #expect(try AddressList(texts: ["github-hooks"]).permits("140.82.115.1", lists: lists))
  }
}

/// Files of this package, whatever directory the tests run in.
private enum SharedTree {
  static func file(_ path: String) -> String {
    let here = #filePath
    let root = here.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    return "\(root)/\(path)"
  }
}
