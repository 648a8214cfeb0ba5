// The URL Standard's host parser: domain names, IPv4 and IPv6. Each function gives the host's text, or null.
(function (native, shared) {
  'use strict'

  const { percent } = shared

  /** A part of an IPv4 address in decimal, octal (0…) or hexadecimal (0x…); NaN if it is none. */
  function parseNumber(part) {
    if (/^0x[0-9a-f]*$/i.test(part)) return part.length === 2 ? 0 : parseInt(part, 16)
    if (/^0[0-7]+$/.test(part)) return parseInt(part, 8)
    return /^(?:0|[1-9][0-9]*)$/.test(part) ? Number(part) : NaN
  }

  function partsOf(domain) {
    const parts = domain.split('.')
    if (parts.length > 1 && parts.at(-1) === '') parts.pop()
    return parts
  }

  /** Whether the name must be an IPv4 address because its last part is a number. */
  function endsInNumber(domain) {
    const last = partsOf(domain).at(-1)
    return /^[0-9]+$/.test(last) || /^0x[0-9a-f]*$/i.test(last)
  }

  function parseIPv4(domain) {
    const parts = partsOf(domain)
    if (parts.length > 4) return null
    const numbers = parts.map(parseNumber)
    if (numbers.some(Number.isNaN)) return null
    const last = numbers.pop()
    if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return null
    const address = numbers.reduce((sum, number, i) => sum + number * 256 ** (3 - i), last)
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
  }

  /** The eight pieces of an IPv6 address, or null. */
  function parsePieces(text) {
    const halves = text.split('::')
    if (halves.length > 2) return null
    const sides = halves.map((half) => (half === '' ? [] : half.split(':')))
    const dotted = sides.at(-1)
    if (dotted.length > 0 && dotted.at(-1).includes('.')) {
      const bytes = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(dotted.pop())?.slice(1)
      if (!bytes || bytes.some((byte) => byte > 255 || /^0\d/.test(byte))) return null
      dotted.push((bytes[0] * 256 + Number(bytes[1])).toString(16), (bytes[2] * 256 + Number(bytes[3])).toString(16))
    }
    const count = sides.reduce((sum, side) => sum + side.length, 0)
    if (sides.flat().some((piece) => !/^[0-9a-f]{1,4}$/i.test(piece))) return null
    if (halves.length === 1 ? count !== 8 : count > 7) return null
    const zeros = new Array(8 - count).fill(0)
    const [left, right = []] = sides
    return [...left.map((piece) => parseInt(piece, 16)), ...zeros, ...right.map((piece) => parseInt(piece, 16))]
  }

  /** The first longest run of two or more zeros is written as `::`. */
  function longestZeros(pieces) {
    let best = { start: -1, length: 1 }
    for (let i = 0; i < 8; i++) {
      let length = 0
      while (pieces[i + length] === 0) length++
      if (length > best.length) best = { start: i, length }
    }
    return best
  }

  function parseIPv6(text) {
    const pieces = parsePieces(text)
    if (!pieces) return null
    const { start, length } = longestZeros(pieces)
    const digits = pieces.map((piece) => piece.toString(16))
    if (start < 0) return `[${digits.join(':')}]`
    return `[${digits.slice(0, start).join(':')}::${digits.slice(start + length).join(':')}]`
  }

  const forbiddenInOpaque = /[\0\t\n\r #/:<>?@[\\\]^|]/
  const forbiddenInDomain = /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/

  function toASCII(domain) {
    // Names without a Punycode label need only their case changed.
    if (/^[\0-\x7f]*$/.test(domain) && !/xn--/i.test(domain)) return domain.toLowerCase()
    return native.domainToASCII(domain)
  }

  shared.parseHost = (text, opaque) => {
    if (text.startsWith('[')) return text.endsWith(']') ? parseIPv6(text.slice(1, -1)) : null
    if (opaque) return forbiddenInOpaque.test(text) ? null : percent.encode(text, percent.control)
    const domain = toASCII(percent.decodeText(text))
    if (!domain || forbiddenInDomain.test(domain)) return null
    return endsInNumber(domain) ? parseIPv4(domain) : domain
  }
})
