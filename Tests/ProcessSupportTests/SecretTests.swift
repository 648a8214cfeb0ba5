// Secrets: where workflows get them from, and that nothing shows them.

import Foundation
import Testing

@testable import ProcessSupport

@Suite struct SecretTests {
  @Test(
    "a URL is shown without its password",
    arguments: [
      ("redis://127.0.0.1:6379", "redis://127.0.0.1:6379"), ("redis://:pw@h:1/2", "redis://:***@h:1/2"),
      ("redis://user:pw@h", "redis://user:***@h"), ("redis://user@h", "redis://user@h"),
      ("redis://u:p@ss:w/o@h/1", "redis://u:***@h/1"), ("redis://u:p?w@h/1", "redis://***"),
      ("unix://u:pw@/run/redis.sock?db=1", "unix://u:***@/run/redis.sock?db=1"),
      ("unix:///run/redis.sock?db=1&password=pw&token=x", "unix:///run/redis.sock?db=1&password=***&token=***"),
      ("u:pw@h", "u:***@h"),
    ])
  func masked(_ url: String, _ shown: String) {
    #expect(maskedURL(url) == shown)
  }

  @Test("neither the shown settings nor a problem's line holds a secret")
  func nothingShows() throws {
    let environment = ["MILLRACE_REDIS_URL": "redis://u:hidden@h/1", "MILLRACE_ENV_TOKEN": "hidden"]
    for program in Program.allCases {
      let (settings, _) = try Settings.read(program: program, arguments: [], environment: environment)
      let shown = "\(settings.shown(for: program))"
      #expect(!shown.contains("hidden"))
      #expect(shown.contains("redis://u:***@h/1"))
      #expect(shown.contains("TOKEN"))
    }
    do throws(SettingsProblems) {
      _ = try Settings.read(program: .worker, arguments: [], environment: ["MILLRACE_REDIS_URL": "u:hidden@h"])
      Issue.record("a URL without a scheme was taken")
    } catch {
      #expect(error.list == ["MILLRACE_REDIS_URL: its value is not a URL such as redis://127.0.0.1:6379"])
    }
  }

  private func withDirectory<Result>(
    _ files: [String: Data], _ body: (URL) throws -> Result
  ) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appending(path: "secrets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, content) in files { try content.write(to: directory.appending(path: name)) }
    return try body(directory)
  }

  @Test("variables and files make up what workflows see; one line end is cut, a variable wins")
  func environment() throws {
    let files = [
      "A": "one\n", "B": "two\r\n", "C": "three\n\n", "D": "four", "E": "", ".hidden": "x", "BOTH": "from the file",
    ].mapValues { Data($0.utf8) }
    try withDirectory(files) { directory in
      try FileManager.default.createDirectory(
        at: directory.appending(path: "folder"), withIntermediateDirectories: false)
      try FileManager.default.createSymbolicLink(
        atPath: directory.appending(path: "LINK").path, withDestinationPath: ".hidden")
      let (settings, warnings) = try Settings.read(
        program: .worker, arguments: ["--secrets-dir", directory.path],
        environment: [
          "MILLRACE_ENV_BOTH": "from the variable", "MILLRACE_ENV_V": "v", "MILLRACE_ENV_": "x", "HOME": "h",
        ])
      #expect(
        settings.environment == [
          "A": "one", "B": "two", "C": "three\n", "D": "four", "E": "", "LINK": "x", "BOTH": "from the variable",
          "V": "v",
        ])
      #expect(
        warnings == [
          "MILLRACE_ENV_ names nothing and has no effect; write MILLRACE_ENV_NAME",
          "MILLRACE_ENV_BOTH is used instead of the file BOTH in MILLRACE_SECRETS_DIR",
        ])
    }
  }

  @Test("files that are too large or no text are problems, all told")
  func badFiles() throws {
    let files = [
      "BINARY": Data([0xff, 0xfe]), "LARGE": Data(repeating: 65, count: (1 << 20) + 1),
      "FITS": Data(repeating: 65, count: 1 << 20),
    ]
    try withDirectory(files) { directory in
      do throws(SettingsProblems) {
        _ = try Settings.read(program: .worker, arguments: ["--secrets-dir", directory.path], environment: [:])
        Issue.record("bad secrets were taken")
      } catch {
        #expect(
          error.list == [
            "MILLRACE_SECRETS_DIR: file 'BINARY': not UTF-8 text",
            "MILLRACE_SECRETS_DIR: file 'LARGE': larger than 1MB",
          ])
      }
    }
  }

  @Test("a directory that is not there is a problem")
  func noDirectory() {
    do throws(SettingsProblems) {
      _ = try Settings.read(program: .worker, arguments: ["--secrets-dir=/nowhere/at/all"], environment: [:])
      Issue.record("a missing directory was taken")
    } catch {
      #expect(
        error.list == [
          "MILLRACE_SECRETS_DIR: cannot read the directory '/nowhere/at/all': no such file or directory"
        ])
    }
  }
}
