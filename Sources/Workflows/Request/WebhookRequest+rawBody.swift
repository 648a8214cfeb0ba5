// `$context.rawBody`: the bytes as they came, for signatures.

import FoundationEssentials

extension WebhookRequest {
  /// As text where the bytes are UTF-8, as base64 where they are not.
  package var rawBody: String {
    String(validating: body, as: UTF8.self) ?? Data(body).base64EncodedString()
  }
}
