// A server that has no descriptor left for a connection lets it wait, and goes on.

package import Logging
import NIOCore
package import NIOPosix

extension ServerBootstrap {
  /// When a connection cannot be taken, the next try is a second later; without that it would be tried without end.
  package func resting(_ logger: Logger) -> ServerBootstrap {
    serverChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        var pace = LogPace(.seconds(10))
        let handler = AcceptBackoffHandler(shouldForwardIOErrorCaught: false) { error in
          if let count = pace.due(adding: 1) {
            logger.warning(
              "connections wait, as none can be taken", metadata: ["error": "\(error)", "tries": "\(count)"])
          }
          return .seconds(1)
        }
        try channel.pipeline.syncOperations.addHandler(handler)
      }
    }
  }
}
