// `auth` of a request node: who calls, in one of two forms.

import JSONCodec
import OutboundHTTP
import Workflows

enum RequestAuthorization: Sendable {
  case basic(user: Template, password: Template)
  case bearer(Template)

  static let schema = SettingsSchema.object([
    (
      "basic",
      SettingsSchema.object(
        [("user", SettingsSchema.text("")), ("password", SettingsSchema.text(""))], required: ["user", "password"])
    ),
    ("bearer", SettingsSchema.text("A token.")),
  ])

  /// Nil without the setting, or when it was refused.
  init?(_ reader: inout SettingsReader) {
    let read = reader.mapping("auth") { auth -> RequestAuthorization? in
      let basic = auth.mapping("basic") { basic -> RequestAuthorization in
        let user = basic.template("user", required: true)
        let password = basic.template("password", required: true)
        return .basic(user: user ?? .literal(""), password: password ?? .literal(""))
      }
      let bearer = auth.template("bearer").map(RequestAuthorization.bearer)
      if (basic == nil) == (bearer == nil) {
        auth.report("auth is either basic: {user, password} or bearer: TOKEN")
      }
      return basic ?? bearer
    }
    guard let read, let authorization = read else { return nil }
    self = authorization
  }

  func evaluate(_ scope: ExecutionScope) throws -> OutboundRequest.Authorization {
    switch self {
    case .basic(let user, let password):
      return .basic(user: try user.text(scope), password: try password.text(scope))
    case .bearer(let token):
      return .bearer(token: try HeaderTemplates.checked(try token.text(scope), "Authorization"))
    }
  }
}
