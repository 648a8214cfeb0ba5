// Whose webhook `send` pretends to send: it is signed as that provider would sign it.

import ArgumentParser
import JSONCodec
import ProcessSupport
import Verification

struct SenderOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sign as this sender would.", discussion: "The names are those of `verify` in workflow files.",
      valueName: "name"))
  var provider: String?

  @Option(help: ArgumentHelp("The secret that is shared with the sender.", valueName: "text"))
  var secret: String?

  @Option(
    name: .customLong("setting"),
    help: ArgumentHelp(
      "A further setting of the provider; may be repeated. A value that begins with @ is read from a file.",
      valueName: "name=value"))
  var settings: [String] = []

  @Option(help: ArgumentHelp("The event's name, for senders that tell it in a header.", valueName: "name"))
  var event: String?

  @Option(help: ArgumentHelp("The delivery's id; by default a new one.", valueName: "text"))
  var id: String?

  func validate() throws {
    for setting in settings where !setting.contains("=") {
      throw ValidationError("--setting '\(setting)': write 'name=value'")
    }
    if provider == nil, secret != nil || event != nil || id != nil || !settings.isEmpty {
      throw ValidationError("--secret, --setting, --event and --id go with --provider")
    }
  }

  func sign(_ request: OutgoingRequest) throws(CommandFailure) -> OutgoingRequest {
    guard let provider else { return request }
    var members: [(String, JSON)] = [("provider", .string(provider))]
    if let secret { members.append(("secrets", .string(secret))) }
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      members.append((parts[0], try Self.value(parts[1])))
    }
    do throws(VerifierProblem) {
      return try RequestSigner.make(settings: .object(JSONObject(members))).sign(request)
    } catch {
      throw CommandFailure("--provider \(provider): \(error.message)", code: ExitCode.usage)
    }
  }

  /// JSON where it is such, so that lists and objects can be given; else text.
  private static func value(_ text: String) throws(CommandFailure) -> JSON {
    if text.hasPrefix("@") {
      return .string(String(decoding: try TextFile.bytes(of: String(text.dropFirst())), as: UTF8.self))
    }
    guard text.hasPrefix("[") || text.hasPrefix("{"), let value = try? JSON.parse(text) else { return .string(text) }
    return value
  }
}
