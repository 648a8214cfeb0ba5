// Many address ranges as one question: is this address in any of them? Ranges that touch are merged and kept in order,
// so the answer takes a binary search whatever the number of ranges.

package struct AddressSet: Sendable, Equatable {
  /// The first and the last address of each run, ascending, without overlap.
  private let v4: [ClosedRange<UInt32>]
  private let v6: [ClosedRange<WideAddress>]

  package static let empty = AddressSet([])

  package init(_ ranges: some Sequence<AddressRange>) {
    var v4: [ClosedRange<UInt32>] = []
    var v6: [ClosedRange<WideAddress>] = []
    for range in ranges {
      switch range.first.family {
      case .v4:
        let first = UInt32(truncatingIfNeeded: range.first.low)
        v4.append(first...first | ~Self.mask(UInt32.self, range.prefixLength))
      case .v6:
        let first = WideAddress(high: range.first.high, low: range.first.low)
        v6.append(first...first.last(prefixLength: range.prefixLength))
      }
    }
    self.v4 = Self.merged(v4) { $0 == .max ? nil : $0 + 1 }
    self.v6 = Self.merged(v6, next: \.next)
  }

  package var isEmpty: Bool { v4.isEmpty && v6.isEmpty }

  /// An IPv4 address in IPv6 notation is the IPv4 address, see `IPAddress`.
  package func contains(_ address: IPAddress) -> Bool {
    switch address.family {
    case .v4: Self.holds(v4, UInt32(truncatingIfNeeded: address.low))
    case .v6: Self.holds(v6, WideAddress(high: address.high, low: address.low))
    }
  }

  private static func holds<Bound: Comparable>(_ runs: [ClosedRange<Bound>], _ value: Bound) -> Bool {
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if runs[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < runs.count && runs[low].contains(value)
  }

  private static func merged<Bound: Comparable>(
    _ runs: [ClosedRange<Bound>], next: (Bound) -> Bound?
  ) -> [ClosedRange<Bound>] {
    var merged: [ClosedRange<Bound>] = []
    for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      guard let last = merged.last, next(last.upperBound).map({ run.lowerBound <= $0 }) ?? true else {
        merged.append(run)
        continue
      }
      merged[merged.count - 1] = last.lowerBound...max(last.upperBound, run.upperBound)
    }
    return merged
  }

  /// The bits of a prefix, from 0 to all; a shift by the whole width gives 0.
  fileprivate static func mask<Bits: FixedWidthInteger>(_: Bits.Type, _ length: Int) -> Bits {
    Bits.max << Bits(Bits.bitWidth - length)
  }
}

/// An IPv6 address as a number of 128 bits.
private struct WideAddress: Sendable, Comparable {
  let high: UInt64
  let low: UInt64

  static func < (left: WideAddress, right: WideAddress) -> Bool {
    left.high == right.high ? left.low < right.low : left.high < right.high
  }

  var next: WideAddress? {
    guard low == .max else { return WideAddress(high: high, low: low + 1) }
    return high == .max ? nil : WideAddress(high: high + 1, low: 0)
  }

  func last(prefixLength: Int) -> WideAddress {
    WideAddress(
      high: high | ~AddressSet.mask(UInt64.self, min(prefixLength, 64)),
      low: low | ~AddressSet.mask(UInt64.self, max(prefixLength, 64) - 64))
  }
}
