// What a peer's script leaves running when it ends: nginx and Sidekiq take a moment longer than the shell around them.

import Foundation
import Glibc

struct ProcessGroup: Sendable {
  let leader: pid_t

  /// Waits until no process of the group lives, and ends by force those that stay.
  func end(within limit: Duration) async {
    let deadline = ContinuousClock.now + limit
    while hasLivingMembers {
      if ContinuousClock.now > deadline { kill(-leader, SIGKILL) }
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Zombies do not count: in a container there may be nobody to reap them.
  private var hasLivingMembers: Bool {
    guard kill(-leader, 0) == 0 else { return false }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.contains { name in
      guard name.allSatisfy(\.isNumber), let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
        let afterName = text.lastIndex(of: ")")
      else { return false }
      // After the name in parentheses: state, parent, group.
      let fields = text[text.index(after: afterName)...].split(separator: " ")
      return fields.count > 2 && fields[2] == "\(leader)" && fields[0] != "Z" && fields[0] != "X"
    }
  }
}
