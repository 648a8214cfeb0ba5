// What the group of a program's services may say.

package import Logging

extension Logger {
  /// Below this level the group prints each of its services with all that is in it, secrets of workflows included.
  package var forServiceGroup: Logger {
    var logger = self
    logger.logLevel = max(.notice, logLevel)
    return logger
  }
}
