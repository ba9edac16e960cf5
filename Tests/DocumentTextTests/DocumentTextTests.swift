// SPDX-License-Identifier: Apache-2.0

import FiguresModel
import Testing

@testable import DocumentText

private func read(_ source: String, as name: String) throws -> DocumentText {
  try DocumentText.read(path: name, bytes: Array(source.utf8))
}

@Suite struct DocumentTextTests {
  @Test func `a web page gives its content, block by block`() throws {
    let page = """
      <!DOCTYPE html><html><head><title>12 arrested  in
      Leeds</title><meta property="article:published_time" content="2024-03-14T09:00:00Z">
      <style>p { margin: 12px }</style></head><body>
      <nav><a href="/">Home</a> 99 stories</nav>
      <div class="cookie-banner">We use 3 cookies</div>
      <main><h1>12 arrested in Leeds</h1><p>Police <b>arrested</b>&nbsp;12 people &amp; seized<br>&pound;4,000.</p>
      <ul><li>3 cars</li><li>2 phones</li></ul>
      <table><tr><th>Year</th><th>Arrests</th></tr><tr><td>2021</td><td><p>12</p></td></tr></table></main>
      <footer>Registered charity 216401</footer><script>var n = 5</script></body></html>
      """
    let result = try read(page, as: "page.html")
    #expect(result.title == "12 arrested in Leeds")
    #expect(result.published == CalendarDate("2024-03-14"))
    #expect(
      result.text == """
        12 arrested in Leeds

        Police arrested\u{20}12 people & seized
        £4,000.

        \u{2022} 3 cars
        \u{2022} 2 phones

        Year | Arrests
        2021 | 12
        """)
  }

  @Test(arguments: [
    "", "<", "<html>", "<p", "<table><td><table><td>1", "<ul><li><ul><li>2", "</p></p>", "<!-- <p>3</p>",
    "<main></main><main>4</main>", String(repeating: "<div>", count: 5_000) + "5",
  ])
  func `broken pages do no harm`(page: String) throws { _ = try read(page, as: "page.html") }

  @Test func `encodings are told apart`() throws {
    #expect(try read("\u{FEFF}£12", as: "a.txt").text == "£12")
    #expect(try DocumentText.read(path: "a.txt", bytes: [0xA3, 0x31, 0x32, 0x20, 0x93, 0x94]).text == "£12 “”")
    #expect(try DocumentText.read(path: "a.txt", bytes: [0xFF, 0xFE, 0xA3, 0, 0x31, 0]).text == "£1")
    #expect(try DocumentText.read(path: "a.html", bytes: Array("<p>".utf8) + [0xA3, 0x31]).text == "£1")
    let declared = Array("<meta charset=iso-8859-15><p>".utf8) + [0xA4, 0x31]
    #expect(try DocumentText.read(path: "a.html", bytes: declared).text == "€1")
    #expect(throws: DocumentTextError.self) { try DocumentText.read(path: "a.txt", bytes: [0x31, 0xC3, 0x00]) }
  }

  @Test func `the offset of a byte that is no character is told`() {
    #expect(TextEncoding.firstInvalid([0x61, 0xC3, 0xA9, 0xFF]) == 3)
  }

  @Test(arguments: [
    ("# Head\n\nPolice **arrested** 12.", "Head\n\n\nPolice arrested 12."),
    ("See [the 12 rules](http://a/12) and ![3](x).", "See the 12 rules and 3."),
    ("* 12 men\n- 3 women", "* 12 men\n- 3 women"), ("`code` snake_case _stress_", "code snake_case stress"),
    ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n| 1 | 2 |"), ("```\n12\n```\n> 5 \\* 6", "5 * 6"),
    ("---\ntitle: x\n---\n12", "12"), ("2 * 3 [", "2 * 3 ["),
  ])
  func `marks of Markdown go`(source: String, text: String) throws {
    #expect(try read(source, as: "a.md").text == text)
  }

  @Test func `a format is told by its ending, else by its start`() {
    #expect(DocumentFormat(path: "a.HTM", bytes: []) == .html)
    #expect(DocumentFormat(path: "-", bytes: Array(" <!DOCTYPE HTML>".utf8)) == .html)
    #expect(DocumentFormat(path: "-", bytes: Array("%PDF-1.7".utf8)) == .pdf)
    #expect(DocumentFormat(path: "-", bytes: Array("12 people".utf8)) == .text)
  }
}
