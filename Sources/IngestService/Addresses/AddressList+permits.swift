// Whether a client may send to a workflow by its address.

import ProcessSupport
package import WebhookChecks

extension AddressList {
  /// False for a text that is no address, and for every address when a list is missing or broken and no other range
  /// holds it.
  package func permits(_ client: String, lists: NamedAddressLists) -> Bool {
    guard let address = IPAddress(client) else { return false }
    if own.contains(address) { return true }
    return names.contains { lists.contains(address, in: $0) }
  }
}
