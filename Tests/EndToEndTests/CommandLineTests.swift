// The commands that need no Redis: what they print, and the codes that they end with.

import Foundation
import JSONCodec
import ProcessSupport
import TestSupport
import Testing

@Suite("The command line without Redis") struct CommandLineTests {
  @Test("validate says where each problem is, and ends with 65")
  func validateReportsProblems() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("a.yaml", "trigger: {type: webhook}\nnodes:\n  - {key: first, type: mapp, value: 1}\n")
    try directory.write("b.yaml", "trigger: {type: webhook}\nnodes:\n  - key: x\n    type: output\n")
    try directory.write("notes.txt", "no workflow")
    let result = try await millrace("validate", ".", directory: directory.path)
    #expect(result.code == 65)
    #expect(result.output == "")
    #expect(
      result.errorLines == [
        #"./a.yaml:3:24: there is no node type "mapp" (did you mean "map"?)"#,
        #"./b.yaml:3:5: "value" is missing in the output node"#,
        "millrace: 2 problems; correct the files and try again",
      ])
  }

  @Test("validate gives programs JSON")
  func validateAsJSON() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("a.yaml", "trigger: {type: webhook}\nnodes: [{key: first, type: map}]\n")
    let result = try await millrace("validate", file, "--json")
    let document = try JSON.parse(result.output)
    #expect(result.code == 65)
    #expect(document["valid"]?.boolValue == false)
    #expect(document["problems"]?[0]?["line"]?.intValue == 2)
    #expect(document["problems"]?[0]?["file"]?.stringValue == file)
  }

  @Test("JavaScript is compiled by validate, and a slip is told at its place")
  func validateJavaScript() async throws {
    let directory = try TemporaryDirectory()
    try directory.write("verify.js", "const a = 1\nreturn { a\n")
    try directory.write(
      "a.yaml",
      """
      trigger: {type: webhook}
      nodes:
        - {key: first, type: script, file: verify.js}
        - {key: second, type: script, code: "return 1 +"}
        - {key: third, type: condition, if: "$context.data.x >", stopIf: false}

      """)
    let result = try await millrace("validate", ".", directory: directory.path)
    #expect(result.code == 65)
    #expect(result.errorLines.count == 4, "\(result.error)")
    #expect(result.errorLines.first?.hasPrefix("./a.yaml:4:4") == true)
    #expect(result.errorLines.dropFirst().first?.hasPrefix("./a.yaml:5:") == true)
    #expect(result.errorLines.dropFirst(2).first?.hasPrefix("./verify.js:") == true)
    try directory.write("b.yaml", "trigger: {type: webhook}\nnodes: [{key: first, type: mapp}]\n")
    try Data([0xFF]).write(to: URL(filePath: directory.file("c.yaml")))
    let all = try await millrace("validate", ".", "--json", directory: directory.path)
    let problems = try JSON.parse(all.output)["problems"]?.elements ?? []
    #expect(
      problems.map { $0["file"]?.stringValue } == ["./a.yaml", "./a.yaml", "./b.yaml", "./c.yaml", "./verify.js"])
    #expect(problems[3]["message"]?.stringValue == "the file is not UTF-8 text")
    for file in ["b.yaml", "c.yaml"] { try FileManager.default.removeItem(atPath: directory.file(file)) }
    try directory.write("verify.js", "return { a: context.data.n }\n")
    try directory.write("a.yaml", "trigger: {type: webhook}\nnodes: [{key: first, type: script, file: verify.js}]\n")
    let run = try await millrace("run", directory.file("a.yaml"), "--data", #"{"n":5}"#)
    #expect(run.code == 0)
    #expect(run.output.contains(#"{"a":5}"#))
  }

  @Test("settings with which every webhook would be refused, or none told from another, do not pass validate")
  func validateTriggers() async throws {
    let directory = try TemporaryDirectory()
    try directory.write(
      "a.yaml",
      """
      trigger:
        type: webhook
        verify:
          - {provider: github, secrets: ""}
          - {provider: github, secrets: []}
          - {provider: github, secrets: 5}
          - {provider: stripe, secrets: "", tolerance: "{{$env.TOLERANCE}}"}
          - {provider: stripe, secrets: "{{$env.SECRET}}", tolerance: "{{$env.TOLERANCE}}"}
        deduplicate: {by: x}

      """)
    let result = try await millrace("validate", "a.yaml", directory: directory.path)
    #expect(
      result.errorLines == [
        #"a.yaml:4:35: "secrets" is empty"#, #"a.yaml:5:35: "secrets" must have between 1 and 16 entries"#,
        #"a.yaml:6:35: "secrets" must be text, or an object with a "value""#, #"a.yaml:7:35: "secrets" is empty"#,
        #"a.yaml:9:21: "by" must read the webhook, such as "{{$context.data.id}}""#,
        "millrace: 5 problems; correct the files and try again",
      ])
  }

  @Test("without an engine JavaScript is not taken for valid")
  func validateWithoutEngine() async throws {
    let directory = try TemporaryDirectory()
    let alone = directory.file("millrace")
    // A file that this process has written could be open in a child of another test, and then not be started.
    _ = try await BuiltProgram.run("/bin/cp", [try BuiltProgram.path("millrace"), alone])
    let file = try directory.write(
      "a.yaml", "trigger: {type: webhook}\nnodes: [{key: first, type: script, code: return 1 +}]\n")
    let result = try await BuiltProgram.run(alone, ["validate", file])
    #expect(result.code == 69)
    #expect(
      result.errorLines == ["millrace: the JavaScript was not checked: millrace-script is not beside this program"])
  }

  @Test("the example workflows are valid")
  func examplesAreValid() async throws {
    let result = try await millrace("validate", CommandExamples.directory)
    #expect(result.code == 0, "\(result.error)")
    let keys = "contact-form, echo, github-push, hello, order-lookup, payment-approval"
    #expect(result.output == "6 workflows are valid: \(keys)\n")
  }

  @Test("what is missing ends with 66", arguments: ["validate", "apply"])
  func missingInput(command: String) async throws {
    let directory = try TemporaryDirectory()
    let missing = try await millrace(command, directory.file("nowhere"))
    #expect(missing.code == 66)
    #expect(missing.error == "millrace: \(directory.file("nowhere")): no such file or directory\n")
    let empty = try await millrace(command, directory.path)
    #expect(empty.code == 66)
    #expect(empty.errorLines.count == 1)
  }

  @Test("schema prints a JSON Schema that knows the node types")
  func schema() async throws {
    let result = try await millrace("schema")
    let document = try JSON.parse(result.output)
    #expect(result.code == 0)
    #expect(document["$schema"]?.stringValue?.contains("json-schema.org") == true)
    #expect(document["$defs"]?["node-request"] != nil)
  }

  @Test("run shows each node and the outcome")
  func runExample() async throws {
    let result = try await millrace(
      "run", "\(CommandExamples.directory)/hello.yaml", "--data", CommandExamples.webhook)
    let lines = result.outputLines
    #expect(result.code == 0, "\(result.error)")
    #expect(lines.first?.hasPrefix("greeting           map        succeeded") == true, "\(result.output)")
    #expect(lines.contains { $0.hasPrefix("result             output     succeeded") })
    #expect(lines.contains { $0.hasPrefix("succeeded in ") })
    #expect(result.output.contains(#""message": "Hello NocoBase""#))
  }

  @Test("run gives a workflow the method, query, headers and body of the command line")
  func runWithRequest() async throws {
    let directory = try TemporaryDirectory()
    let body = try directory.write("body.json", #"{"a":1}"#)
    let result = try await millrace(
      "run", "\(CommandExamples.directory)/echo.yaml", "--method", "put", "--query", "q=1", "--header",
      "User-Agent: me", "--data", "@\(body)")
    let start = try #require(result.output.firstRange(of: "\n{"))
    let answer = try JSON.parse(String(result.output[start.lowerBound...]))
    #expect(answer["method"]?.stringValue == "PUT")
    #expect(answer["query"]?["q"]?.stringValue == "1")
    #expect(answer["headers"]?["user-agent"]?.stringValue == "me")
    #expect(answer["data"]?["a"]?.intValue == 1)
  }

  @Test("run ends with 1 when the workflow fails, and says at which node")
  func runFailing() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "w.yaml", "trigger: {type: webhook}\nnodes: [{key: stop, type: end, status: failed, message: enough}]\n")
    let result = try await millrace("run", file)
    #expect(result.code == 1)
    #expect(result.output.contains("node stop: enough"))
  }

  @Test("run reads $env from MILLRACE_ENV_ variables and does not show it")
  func runHidesSecrets() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "w.yaml", "trigger: {type: webhook}\nnodes: [{key: a, type: output, value: \"{{$env.TOKEN}}\"}]\n")
    let result = try await millrace("run", file, environment: ["MILLRACE_ENV_TOKEN": "s3cr3t-value"])
    #expect(result.code == 0, "\(result.error)")
    #expect(!result.output.contains("s3cr3t-value"))
    #expect(result.output.contains("***"))
  }

  @Test("run says that a trigger's when does not hold")
  func runIgnored() async throws {
    let result = try await millrace("run", "\(CommandExamples.directory)/github-push.yaml", "--data", "{}")
    #expect(result.code == 1)
    #expect(result.output.hasPrefix("ignored: "))
  }

  @Test(
    "a command line that makes no sense ends with 64",
    arguments: [
      ["aply"], ["enable"], ["show", "xyz"], ["up", "--lisen", ":1"], ["up", "a", "b"], ["up", "--workers", "0"],
      ["send", "hello", "--header", "nonsense"], ["run", "/"], ["help", "aply"],
      ["executions", "--count", "--since", "1h"],
    ])
  func usage(arguments: [String]) async throws {
    let result = try await BuiltProgram.run("millrace", arguments)
    #expect(result.code == 64)
    #expect(!result.error.isEmpty)
  }

  @Test("a program that cannot listen ends with 69, and with 64 for a flag that it does not have")
  func programCodes() async throws {
    let redis = try await RedisServer.start()
    defer { redis.stop() }
    let taken = redis.url.replacing("redis://", with: "")
    for (program, flag) in [("millrace-ingest", "--listen"), ("millrace-worker", "--metrics-listen")] {
      let busy = try await BuiltProgram.run(
        program, [flag, taken], environment: ["MILLRACE_REDIS_URL": redis.url, "MILLRACE_AUDIT_DIR": "off"])
      #expect(busy.code == 69)
      #expect(busy.errorLines.last?.hasPrefix("\(program): cannot listen on \(taken): ") == true, "\(busy.error)")
      #expect(try await BuiltProgram.run(program, ["--lisen", ":1"]).code == 64)
    }
    let directory = try TemporaryDirectory()
    let unknown = try await millrace(
      "up", CommandExamples.directory, "--listen", "x.invalid:80", directory: directory.path)
    #expect(unknown.error.contains("cannot listen on x.invalid:80: the host name is not known"), "\(unknown.error)")
  }

  @Test("up without a directory asks for one")
  func upWithoutDirectory() async throws {
    let directory = try TemporaryDirectory()
    let result = try await millrace("up", directory: directory.path)
    #expect(result.code == 66)
    #expect(result.error.contains("name a directory with workflow files: millrace up DIR"))
  }

  @Test("a state directory that is named, and in which nothing runs, ends with 69 and its name")
  func stateDirectoryWithoutUp() async throws {
    let result = try await millrace("workflows", "--state-dir", "/nowhere/state")
    #expect(result.code == 69)
    #expect(result.error.contains("'/nowhere/state'"))
  }

  @Test("run refuses data that does not fit the schema, and says what failed before it tries again")
  func runSchemaAndRetry() async throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write(
      "w.yaml",
      """
      trigger: {type: webhook, schema: {required: [id]}}
      nodes: [{key: call, type: request, url: "http://127.0.0.1:1/", retry: {attempts: 2, delay: 10ms}}]

      """)
    let misfit = try await millrace("run", file, "--data", "{}")
    #expect(misfit.code == 1)
    #expect(misfit.output.hasPrefix("refused: the data does not fit the trigger's schema"))
    let retried = try await millrace("run", file, "--data", #"{"id":1}"#)
    #expect(retried.output.contains(/\(waits for \d+ms after attempt 1 of call: GET/), "\(retried.output)")
  }

  @Test("millrace-script says its version, and that nobody starts it by hand")
  func scriptRunner() async throws {
    let version = try await BuiltProgram.run("millrace-script", ["--version"])
    #expect(version.output == "millrace-script \(Build.version)\n")
    #expect(try await BuiltProgram.run("millrace-script", ["--what"]).code == 64)
    let help = try await millrace("help", "aply")
    #expect(help.error == "millrace: there is no command 'aply'; did you mean apply?\n")
  }

  @Test("wrong settings are told all at once and end with 78")
  func wrongSettings() async throws {
    let result = try await millrace(
      "workflows", environment: ["MILLRACE_LISTEN": "x", "MILLRACE_BACKLOG": "none"])
    #expect(result.code == 78)
    #expect(result.errorLines.count == 2)
  }

  @Test("commands end with 69 and one line when nobody answers", arguments: ["workflows", "send"])
  func nobodyAnswers(command: String) async throws {
    let address = "127.0.0.1:\(try FreePort.next())"
    let directory = try TemporaryDirectory()
    let arguments = command == "send" ? ["send", "hello", "--url", "http://\(address)"] : [command]
    let result = try await BuiltProgram.run(
      "millrace", arguments, environment: ["MILLRACE_REDIS_URL": "redis://\(address)"], directory: directory.path)
    #expect(result.code == 69)
    #expect(result.errorLines.count == 1)
    #expect(result.error.contains(address))
  }
}
