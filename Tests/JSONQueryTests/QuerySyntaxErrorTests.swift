// Whoever writes a query is told what is wrong, where, and what was expected.

import JSONQuery
import Testing

@Suite("Syntax errors of queries")
struct QuerySyntaxErrorTests {
  static let names = "(names with other characters are written [\"odd name\"])"
  static let operand = "expected \"@\", \"$\", a function, a number, a text in quotes, true, false or null"
  static let selector = "expected a name in quotes, an index, a slice, \"*\" or a filter such as ?@.id == 1"
  static let severalValues = "one value is needed here, but this query can find several; see count() and value()"

  static let jsonPaths = [
    ("", 1, "expected \"$\", with which every JSONPath begins, but found the end"),
    (" $", 1, "expected \"$\", with which every JSONPath begins, but found white space"),
    ("items[0]", 1, "expected \"$\", with which every JSONPath begins, but found \"i\""),
    ("$ ", 2, "expected \".\", \"..\" or \"[\", but found white space"),
    ("$a", 2, "expected \".\", \"..\" or \"[\", but found \"a\""),
    ("$.", 3, "expected a name or \"*\" after \".\" \(names), but found the end"),
    ("$.1", 3, "expected a name or \"*\" after \".\" \(names), but found \"1\""),
    ("$...a", 4, "expected a name, \"*\" or \"[\" after \"..\" \(names), but found \".\""),
    ("$[", 3, "\(selector), but found the end"),
    ("$[a]", 3, "\(selector), but found \"a\""),
    ("$['a' 'b']", 7, "expected \",\" or \"]\", but found \"'\""),
    ("$[1.0]", 4, "expected \",\" or \"]\", but found \".\""),
    ("$[01]", 3, "whole numbers are written without leading zeros, and zero without a sign"),
    ("$[-]", 4, "expected a digit after \"-\", but found \"]\""),
    ("$[9007199254740992]", 3, "indices reach from -9007199254740991 to 9007199254740991"),
    ("$['a", 3, "this quote is not closed"),
    ("$['\\x']", 4, "\"\\x\" is no escape here; there are \\b \\f \\n \\r \\t \\/ \\\\ \\u0000 \\'"),
    ("$['\\u12']", 8, "expected four hexadecimal digits after \"\\u\", but found \"'\""),
    ("$['\\udc00']", 4, "half of a surrogate pair is no character; write both, as in \\ud83d\\ude00"),
    ("$['\n']", 4, "a control character in quotes is written as an escape such as \\n"),
    ("$[?@.a = 1]", 8, "\"=\" is no comparison; there are == != < <= > >="),
    ("$[?@.a == ]", 11, "\(operand), but found \"]\""),
    ("$[?@.a == foo]", 11, "unknown word \"foo\"; names follow \"@.\" or \"$.\", texts stand in quotes"),
    ("$[?@.a == 1.]", 11, "\"1.\" is no number as JSON writes them"),
    ("$[?@.a & @.b]", 8, "expected \",\" or \"]\", but found \"&\""),
    ("$[?(@.a]", 8, "expected \"&&\", \"||\" or \")\", but found \"]\""),
    ("$[?@.* == 1]", 4, severalValues),
    ("$[?1 == @..a]", 9, severalValues),
    ("$[?'a']", 4, "this value alone is no condition; compare it with another"),
    ("$[?length(@)]", 4, "this value alone is no condition; compare it with another"),
    ("$[?match(@, 'a') == true]", 4, "a value is needed here, but match() and search() are true or false"),
    ("$[?size(@) == 1]", 4, "there is no function \"size\"; there are length, count, match, search, value"),
    ("$[?length(@, 1) == 1]", 4, "length() takes 1 argument, not 2"),
    ("$[?match(@)]", 4, "match() takes 2 arguments, not 1"),
    ("$[?count(1) == 1]", 10, "count() takes a query such as @.items[*]"),
    ("$[?length(@.*) == 1]", 11, severalValues),
    ("$[?length(@ == 1) == 1]", 13, "expected \",\" or \")\", but found \"=\""),
    ("$.😀é[x]", 6, "\(selector), but found \"x\""),
  ]

  static let functions =
    "abs, avg, ceil, contains, ends_with, floor, join, keys, length, map, max, max_by, merge, min, min_by, not_null, "
    + "reverse, sort, sort_by, starts_with, sum, to_array, to_number, to_string, type, values"

  static let jmesPaths = [
    ("", 1, "expected an expression, but found the end"),
    ("foo.", 5, "expected a name, \"*\", \"[\" or \"{\" after \".\", but found the end"),
    ("foo.'a'", 5, "expected a name, \"*\", \"[\" or \"{\" after \".\", but found a literal"),
    ("foo bar", 5, "expected an operator or the end, but found \"bar\""),
    ("foo[", 5, "expected an index, a slice or \"*\", but found the end"),
    ("foo[a]", 5, "expected an index, a slice or \"*\", but found \"a\""),
    ("foo[0, 1]", 6, "expected \"]\" or \":\", but found \",\""),
    ("foo[*", 6, "expected \"]\", but found the end"),
    ("foo[1:2:0]", 9, "a slice cannot go in steps of 0"),
    ("foo[1:2:3:4]", 10, "expected a number, \":\" or \"]\", but found \":\""),
    ("foo[?a == 1]", 11, "expected an expression (numbers stand in backquotes: `1`), but found \"1\""),
    ("foo[?a = `1`]", 8, "\"=\" alone is no comparison; write \"==\""),
    ("foo[?a", 7, "expected an operator or \"]\", but found the end"),
    ("(foo", 5, "expected an operator or \")\", but found the end"),
    ("[a, ]", 5, "expected an expression, but found \"]\""),
    ("[a b]", 4, "expected an operator, \",\" or \"]\", but found \"b\""),
    ("{a}", 3, "expected \":\", but found \"}\""),
    ("{a: b, 1: c}", 8, "expected a name, but found \"1\""),
    ("{a: b", 6, "expected an operator, \",\" or \"}\", but found the end"),
    ("a - 1", 4, "expected a digit after \"-\", but found white space"),
    ("a # b", 3, "expected a name, a literal or an operator, but found \"#\""),
    ("&foo", 1, "expected an expression, but found \"&\""),
    ("\"foo", 1, "this quote is not closed"),
    ("a || 'foo\\'", 6, "this quote is not closed"),
    ("\"\\x\"", 1, "a name in quotes is written as a string of JSON is"),
    ("a == `foo`", 6, "what stands in backquotes must be JSON; a text is written 'text'"),
    ("\"length\"(a)", 1, "the name of a function stands without quotes"),
    ("a.size(b)", 3, "there is no function \"size\"; there are \(functions)"),
    ("abs()", 1, "abs() takes 1 argument, not 0"),
    ("join(a)", 1, "join() takes 2 arguments, not 1"),
    ("merge()", 1, "merge() takes 1 argument or more, not 0"),
    ("sort_by(a, b)", 12, "sort_by() takes an expression with \"&\" before it here"),
    ("length(&a)", 8, "length() takes a string, an array or an object here"),
    ("abs(a", 6, "expected an operator, \",\" or \")\", but found the end"),
    ("@.😀", 3, "expected a name, a literal or an operator, but found \"😀\""),
  ]

  @Test("a JSONPath that cannot be read says why", arguments: jsonPaths)
  func jsonPath(text: String, column: Int, message: String) {
    let error = #expect(throws: QuerySyntaxError.self) { try JSONPath(text) }
    #expect(error?.message == message)
    #expect(error?.column == column)
    #expect(error?.description == "column \(column): \(message)")
  }

  @Test("a JMESPath that cannot be read says why", arguments: jmesPaths)
  func jmesPath(text: String, column: Int, message: String) {
    let error = #expect(throws: QuerySyntaxError.self) { try JMESPath(text) }
    #expect(error?.message == message)
    #expect(error?.column == column)
  }
}
