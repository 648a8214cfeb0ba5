// `millrace addresses`: lists are fetched from a real server, and kept when its answer cannot be believed.

import Foundation
import TestSupport
import Testing

@Suite("millrace addresses")
struct AddressesCommandTests {
  private func run(_ directory: TemporaryDirectory, _ words: String...) async throws -> BuiltProgram.Result {
    try await BuiltProgram.run("millrace", ["addresses"] + words + ["--addresses-dir", directory.path])
  }

  private func content(_ directory: TemporaryDirectory, _ name: String) throws -> String {
    try String(contentsOfFile: directory.file("\(name).txt"), encoding: .utf8)
  }

  @Test("a published list is fetched, told, and replaces the one before")
  func refresh() async throws {
    let files = [
      "stripe": #"{"WEBHOOKS":["3.18.12.63","3.130.192.231"]}"#, "more": #"{"WEBHOOKS":["3.18.12.63","2600::/32"]}"#,
      "atlassian": """
      {"items":[
        {"cidr":"104.192.136.0/21","product":["bitbucket","jira"],"direction":["egress","ingress"]},
        {"cidr":"185.166.140.0/22","product":["jira"],"direction":["egress"]},
        {"cidr":"18.205.93.0/25","product":["bitbucket"],"direction":["ingress"]}]}
      """,
    ]
    let nginx = try await NginxServer.start(files: files.mapValues { Array($0.utf8) }, "")
    defer { nginx.stop() }
    let directory = try TemporaryDirectory()
    let first = try await run(directory, "refresh", "stripe", "--url", nginx.url("/stripe"))
    #expect(first.code == 0, "\(first.error)")
    #expect(first.output == "stripe: 2 ranges, new\n")
    #expect(try content(directory, "stripe").hasSuffix("\n3.18.12.63/32\n3.130.192.231/32\n"))
    let again = try await run(directory, "refresh", "stripe", "--url", nginx.url("/stripe"))
    #expect(again.output == "stripe: 2 ranges, unchanged\n")
    let more = try await run(directory, "refresh", "stripe", "--url", nginx.url("/more"))
    #expect(more.output == "stripe: 2 ranges, 1 added, 1 removed\n")
    let bitbucket = try await run(directory, "refresh", "bitbucket", "--url", nginx.url("/atlassian"))
    #expect(bitbucket.output == "bitbucket: 1 range, new\n", "\(bitbucket.error)")
    #expect(try content(directory, "bitbucket").hasSuffix("\n104.192.136.0/21\n"))
    let list = try await run(directory)
    #expect(list.code == 0)
    #expect(list.outputLines.count == 3)
    #expect(list.outputLines.last == "stripe          2  0 days  Stripe sends webhooks", "\(list.output)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["bitbucket.txt", "stripe.txt"])
  }

  @Test("an answer that cannot be believed leaves the list as it is")
  func kept() async throws {
    let many = (0..<10_001).map { "\"10.\($0 / 65536).\($0 / 256 % 256).\($0 % 256)\"" }.joined(separator: ",")
    let answers = [
      ("html", "<html>", "the answer is not JSON"), ("other", "{}", "the answer has no member \"WEBHOOKS\""),
      ("empty", #"{"WEBHOOKS":[]}"#, "it holds no address"),
      ("words", #"{"WEBHOOKS":["3.18.12.63","soon"]}"#, "entry 2 of the answer's list is no address or CIDR"),
      ("numbers", #"{"WEBHOOKS":[1]}"#, "the answer's list holds more than texts"),
      ("wide", #"{"WEBHOOKS":["0.0.0.0/0"]}"#, "0.0.0.0/0 is no sender's network, but a part of the whole internet"),
      ("many", "{\"WEBHOOKS\":[\(many)]}", "it holds 10001 ranges, more than 10000"),
    ]
    let files = Dictionary(uniqueKeysWithValues: answers.map { ($0.0, Array($0.1.utf8)) })
    let nginx = try await NginxServer.start(files: files, "")
    defer { nginx.stop() }
    let directory = try TemporaryDirectory()
    try directory.write("stripe.txt", "3.18.12.63\n")
    for (name, _, problem) in answers {
      let result = try await run(directory, "refresh", "stripe", "--url", nginx.url("/\(name)"))
      #expect(result.code == 69)
      #expect(result.error == "millrace: stripe: kept as it is: \(problem)\n")
    }
    let missing = try await run(directory, "refresh", "stripe", "--url", nginx.url("/none"))
    #expect(missing.error.hasSuffix("/none answers 404\n"), "\(missing.error)")
    #expect(try content(directory, "stripe") == "3.18.12.63\n")
  }

  @Test("lists published in words are written once; broken files, wrong names and places are told")
  func rest() async throws {
    let directory = try TemporaryDirectory()
    #expect(try await run(directory, "refresh", "gitlab", "telegram").code == 0)
    #expect(try content(directory, "gitlab").hasSuffix("# as of 2026-11-24\n34.74.90.64/28\n34.74.226.0/24\n"))
    let again = try await run(directory, "refresh", "gitlab")
    #expect(again.output.hasPrefix("gitlab: published in words only; compare https://docs.gitlab.com/"))
    try directory.write("mine.txt", "10.0.0.1\nfoo\n")
    let list = try await run(directory)
    #expect(list.code == 1)
    #expect(list.output.contains("broken: line 2: not one address or CIDR"), "\(list.output)")
    let wrong = try await run(directory, "refresh", "strpe")
    #expect(wrong.code == 64)
    #expect(wrong.error == "millrace: strpe: no sender's list; did you mean stripe?\n")
    let nowhere = try await BuiltProgram.run("millrace", ["addresses", "--addresses-dir", "/nowhere"])
    #expect(nowhere.code == 66)
  }
}
