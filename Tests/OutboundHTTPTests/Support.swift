import OutboundHTTP
import ProcessSupport
import TestSupport

/// A policy that lets requests reach this machine.
func loopbackAllowed() throws -> EgressPolicy { try allowing("127.0.0.0/8") }

func allowing(_ ranges: String...) throws -> EgressPolicy {
  EgressPolicy(allow: try ranges.map { try range($0) })
}

private func range(_ text: String) throws -> AddressRange {
  guard let range = AddressRange(text) else { throw NotInTime(description: "\(text) is no address range") }
  return range
}

/// Runs with a transport of its own, and shuts it down afterwards.
func withTransport<Value>(
  _ egress: EgressPolicy? = nil, connectionsPerHost: Int = 64, descriptors: Int = 65_536,
  isolation: isolated (any Actor)? = #isolation, _ body: (HTTPTransport) async throws -> Value
) async throws -> Value {
  let transport = HTTPTransport(
    egress: try egress ?? loopbackAllowed(), maximumConnectionsPerHost: connectionsPerHost,
    descriptors: descriptors)
  do {
    let value = try await body(transport)
    await transport.shutdown()
    return value
  } catch {
    await transport.shutdown()
    throw error
  }
}

/// The error that the request ends with.
func failure(of request: OutboundRequest, _ transport: HTTPTransport) async -> OutboundError? {
  do {
    _ = try await transport.send(request)
    return nil
  } catch {
    return error
  }
}

/// Every byte value, several times over, with line breaks and zero bytes next to each other.
let binary: [UInt8] = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) } + [13, 10, 0, 0, 10, 13]
