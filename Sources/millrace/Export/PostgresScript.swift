// The script that psql loads executions with: a head, and for each page a transaction with a COPY and an upsert. What
// breaks off in the middle of a page leaves nothing of it behind.

import ExecutionQueue
import JSONCodec

enum PostgresScript {
  /// Whatever stands in somebody's psqlrc: the first error ends psql with 3, and the data are UTF-8.
  static let head = #"""
    \set ON_ERROR_STOP on
    \set QUIET on
    \encoding UTF8
    set client_min_messages = warning;
    create table if not exists millrace_executions (
      id text primary key, workflow text not null, state text not null, message text, queued_at timestamptz,
      began_at timestamptz, finished_at timestamptz, runs int, crashes int, document jsonb not null);
    create temporary table millrace_import (
      id text, workflow text, state text, message text, queued_at bigint, began_at bigint, finished_at bigint, runs int,
      crashes int, document jsonb) on commit delete rows;

    """#

  static let pageHead = """
    begin;
    copy millrace_import from stdin;

    """

  /// Of two exports at once the one with the older end changes nothing, and what is there already stays untouched.
  static let pageTail = #"""
    \.
    insert into millrace_executions as held
    select id, workflow, state, message, to_timestamp(queued_at / 1000.0), to_timestamp(began_at / 1000.0),
      to_timestamp(finished_at / 1000.0), runs, crashes, document
    from millrace_import
    on conflict (id) do update set state = excluded.state, message = excluded.message, began_at = excluded.began_at,
      finished_at = excluded.finished_at, runs = excluded.runs, crashes = excluded.crashes,
      document = excluded.document
    where (excluded.finished_at >= held.finished_at) is not false and excluded.document is distinct from held.document;
    commit;

    """#

  /// A line in the text format of COPY.
  static func row(_ record: ExecutionRecord, _ document: JSON) -> [UInt8] {
    let texts: [String?] = [
      record.id.description, record.workflow, record.state.rawValue, document["message"]?.stringValue,
      "\(record.id.entry.milliseconds)", record.began.map { "\($0)" }, record.finished.map { "\($0)" },
      "\(record.runs)", "\(record.crashes)",
    ]
    var row: [UInt8] = []
    for text in texts {
      if let text { row.append(cell: Array(text.utf8)) } else { row += Array(#"\N"#.utf8) }
      row.append(UInt8(ascii: "\t"))
    }
    row.append(cell: PostgresJSON.bytes(of: document))
    row.append(UInt8(ascii: "\n"))
    return row
  }
}

extension [UInt8] {
  /// Byte by byte, because a backslash and the accent behind it are one character of a `String`.
  fileprivate mutating func append(cell: [UInt8]) {
    reserveCapacity(count + cell.count + cell.count / 8)
    for byte in cell {
      switch byte {
      // Text in PostgreSQL has no NUL.
      case 0: continue
      case UInt8(ascii: "\\"): self += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\t"): self += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case UInt8(ascii: "\n"): self += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case UInt8(ascii: "\r"): self += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      default: append(byte)
      }
    }
  }
}
