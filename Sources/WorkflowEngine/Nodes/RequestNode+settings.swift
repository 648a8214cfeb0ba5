// The settings of `request`: how they are read, and what editors know of them.

import JSONCodec
import OutboundHTTP
import ProcessSupport
import Workflows

extension RequestNode {
  private static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
  private static let longestTimeout = Duration.seconds(600)
  private static let standardConnectTimeout = Duration.seconds(10)
  private static let standardAnswer = ByteSize(bytes: 10 << 20)
  private static let largestAnswer = ByteSize(bytes: 64 << 20)

  static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let url = readURL(&reader)
    let body = RequestBody(&reader)
    let settings = RequestNode(
      method: readMethod(&reader, hasBody: body != nil), url: url ?? .literal(""),
      headers: HeaderTemplates("headers", &reader), query: reader.template("query"), body: body,
      authorization: RequestAuthorization(&reader), connectTimeout: readConnectTimeout(&reader),
      expected: readExpected(&reader), redirects: reader.integer("redirects", in: 0...20, default: 5),
      format: reader.choice("response", default: AnswerFormat.auto), largestAnswer: readLargestAnswer(&reader),
      tls: readTLS(&reader), proxy: reader.template("proxy"),
      pace: reader.mapping("throttle") { RequestPace(&$0) }.flatMap(\.self))
    checkTimeout(&reader)
    return url == nil ? UnreadSettings() : settings
  }

  private static func readURL(_ reader: inout SettingsReader) -> Template? {
    guard let url = reader.template("url", required: true) else { return nil }
    if let literal = url.literalValue {
      let text = literal.stringValue?.lowercased() ?? ""
      if !text.hasPrefix("http://") && !text.hasPrefix("https://") {
        reader.report("url must start with http:// or https://", at: "url")
      }
    }
    return url
  }

  private static func readMethod(_ reader: inout SettingsReader, hasBody: Bool) -> String {
    guard let method = reader.string("method")?.uppercased() else { return hasBody ? "POST" : "GET" }
    if !methods.contains(method) {
      reader.report("\"\(method)\" is not one of \(methods.joined(separator: " "))", at: "method")
    }
    return method
  }

  private static func readConnectTimeout(_ reader: inout SettingsReader) -> Duration {
    reader.duration("connectTimeout") ?? standardConnectTimeout
  }

  /// `timeout` itself belongs to every node; a request that waits longer than this should be a `wait` node.
  private static func checkTimeout(_ reader: inout SettingsReader) {
    guard let timeout = reader.duration("timeout"), timeout > longestTimeout else { return }
    reader.report("the timeout of a request can be \(longestTimeout.millraceText) at most", at: "timeout")
  }

  private static func readExpected(_ reader: inout SettingsReader) -> StatusSet {
    guard let template = reader.template("expect") else { return .success }
    if let value = template.literalValue, let statuses = StatusSet(value) { return statuses }
    reader.report("expect is a list of statuses or ranges, such as [200, 404], \"200-299\" or 2xx", at: "expect")
    return .success
  }

  private static func readLargestAnswer(_ reader: inout SettingsReader) -> Int {
    guard let size = reader.size("maxBody") else { return standardAnswer.bytes }
    if !(1...largestAnswer.bytes).contains(size) {
      reader.report("maxBody can be \(largestAnswer) at most", at: "maxBody")
    }
    return size
  }

  private static func readTLS(_ reader: inout SettingsReader) -> OutboundRequest.TLSOptions {
    let options = reader.mapping("tls") { tls in
      OutboundRequest.TLSOptions(verify: tls.boolean("verify", default: true), authorities: tls.string("ca"))
    }
    return options ?? OutboundRequest.TLSOptions()
  }
}

extension RequestNode {
  static let schema = SettingsSchema.object(
    [
      ("method", SettingsSchema.text("GET without a body and POST with one, unless given.")),
      ("url", SettingsSchema.text("http:// or https://")),
      ("headers", SettingsSchema.mapping("Names and values; a list repeats the header, null leaves it out.")),
      ("query", SettingsSchema.value("Names and values, added to the URL; a list repeats the name.")),
      ("json", SettingsSchema.value("A body as application/json.")),
      ("form", SettingsSchema.value("A body as application/x-www-form-urlencoded: names and values.")),
      ("multipart", SettingsSchema.value("A body as multipart/form-data: names and texts or files.")),
      ("text", SettingsSchema.text("A body as text/plain.")),
      ("bytes", SettingsSchema.text("A body as application/octet-stream, given in base64.")),
      ("auth", RequestAuthorization.schema),
      ("connectTimeout", SettingsSchema.text("How long connecting may take, 10s unless given.")),
      ("expect", SettingsSchema.value("Statuses that count as success: [200, \"3xx\"]; 2xx unless given.")),
      ("redirects", SettingsSchema.integer("How many are followed.", in: 0...20, default: 5)),
      ("response", SettingsSchema.choice("How the answer is read.", AnswerFormat.self, default: .auto)),
      ("maxBody", SettingsSchema.text("Largest answer, 10MB unless given, 64MB at most.")),
      (
        "tls",
        SettingsSchema.object([
          ("verify", SettingsSchema.boolean("Check the server's certificate.", default: true)),
          ("ca", SettingsSchema.text("Path of a PEM file with the authorities to trust.")),
        ])
      ),
      ("proxy", SettingsSchema.text("URL of an HTTP or SOCKS proxy.")),
      ("throttle", RequestPace.schema),
    ], required: ["url"])
}
