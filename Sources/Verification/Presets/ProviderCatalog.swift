// All senders that we know. A new one is a file beside this one and a line here.

package enum ProviderCatalog {
  package static let all: [Provider] =
    Provider.codeHosting + Provider.chats + Provider.payments + Provider.services + Provider.forms + Provider.clouds
    + Provider.callbacks + Provider.generic

  private static let byName: [String: Provider] = {
    var byName: [String: Provider] = [:]
    for provider in all {
      for name in [provider.name] + provider.aliases {
        precondition(byName.updateValue(provider, forKey: name) == nil, "two providers are called \(name)")
      }
    }
    return byName
  }()

  package static let names = byName.keys.sorted()

  /// By its name or an alias.
  package static func provider(named name: String) -> Provider? { byName[name] }
}
