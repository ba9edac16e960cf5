// SPDX-License-Identifier: Apache-2.0

internal import CLibXML2
internal import FiguresModel

/// The text of a web page, by libxml2: what a reader of the page sees of its content, block by block.
///
/// Site furniture (navigation, footers, forms, scripts) is left out. Lines of a table are lines, their cells
/// between bars; entries of a list begin with a bullet.
enum HTMLText {
  static func read(_ bytes: [UInt8], path: String) throws -> DocumentText {
    let options = Int32(
      HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
        | HTML_PARSE_NONET.rawValue | HTML_PARSE_COMPACT.rawValue)
    guard bytes.count <= Int(Int32.max) else { throw DocumentTextError(description: "\(path) is over 2 GB") }
    let document = bytes.withUnsafeBytes { buffer in
      htmlReadMemory(
        buffer.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(buffer.count), nil, encoding(of: bytes), options)
    }
    guard let document else { return DocumentText(text: "") }
    defer { xmlFreeDoc(document) }
    guard let root = xmlDocGetRootElement(document) else { return DocumentText(text: "") }
    var result = DocumentText(text: "")
    let start = content(root, &result)
    var writer = BlockWriter()
    write(start, to: &writer)
    result.text = writer.text
    return result
  }

  /// nil lets libxml2 follow the page's own declaration.
  private static func encoding(of bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return nil }
    if String(validating: bytes, as: UTF8.self) != nil { return "UTF-8" }
    let head = String(decoding: bytes.prefix(2048), as: UTF8.self).lowercased()
    return head.contains("charset") ? nil : "WINDOWS-1252"
  }

  private typealias Node = UnsafeMutablePointer<xmlNode>

  /// Elements whose text is no content of the page.
  private static let furniture: Set<String> = [
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "select", "iframe", "svg",
    "head", "figure-menu", "dialog", "menu",
  ]
  private static let roles: Set<String> = ["navigation", "banner", "contentinfo", "search", "complementary", "dialog"]
  private static let blocks: Set<String> = [
    "p", "div", "section", "article", "main", "header", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt",
    "dd",
    "blockquote", "pre", "table", "caption", "figure", "figcaption", "address", "hr", "body", "thead", "tbody", "tfoot",
    "details", "summary",
  ]

  /// Notes title and date, and finds the element that holds the content: the one `main`, else the one `article`,
  /// else all.
  private static func content(_ root: Node, _ result: inout DocumentText) -> Node {
    var mains: [Node] = []
    var articles: [Node] = []
    var next: Node? = root
    while let node = next {
      switch name(node) {
      case "main": mains.append(node)
      case "article": articles.append(node)
      case "title" where result.title.isEmpty:
        result.title = collapsed(text(of: node))
      case "meta":
        let property = attribute(node, "property") ?? attribute(node, "name") ?? attribute(node, "itemprop") ?? ""
        let isDate = ["article:published_time", "datepublished", "dc.date.issued", "dcterms.issued", "date", "pubdate"]
          .contains(property.lowercased())
        if isDate, result.published == nil, let value = attribute(node, "content") {
          result.published = CalendarDate(String(value.prefix(10)))
        }
      default: break
      }
      next = following(node, within: root)
    }
    if mains.count == 1 { return mains[0] }
    return articles.count == 1 ? articles[0] : root
  }

  /// The next node in the order of the document; a page's depth never becomes the stack's.
  private static func following(_ node: Node, within root: Node, skipsChildren: Bool = false) -> Node? {
    if !skipsChildren, let child = node.pointee.children { return child }
    var current: Node? = node
    while let here = current, here != root {
      if let sibling = here.pointee.next { return sibling }
      current = here.pointee.parent
    }
    return nil
  }

  private static func write(_ root: Node, to writer: inout BlockWriter) {
    var next: Node? = root
    /// Elements that have begun, to end them in their order.
    var open: [Node] = []
    while let node = next {
      while let last = open.last, node != root, !isAncestor(last, of: node) {
        end(name(last), &writer)
        open.removeLast()
      }
      var skips = false
      switch node.pointee.type {
      case XML_TEXT_NODE, XML_CDATA_SECTION_NODE:
        if let content = node.pointee.content { writer.write(String(cString: content)) }
      case XML_ELEMENT_NODE:
        skips = isFurniture(node)
        if !skips {
          begin(node, &writer)
          open.append(node)
        }
      default: break
      }
      next = following(node, within: root, skipsChildren: skips)
    }
    while let last = open.popLast() { end(name(last), &writer) }
  }

  private static func isAncestor(_ node: Node, of other: Node) -> Bool {
    var current = other.pointee.parent
    while let here = current {
      if here == node { return true }
      current = here.pointee.parent
    }
    return false
  }

  private static func isFurniture(_ node: Node) -> Bool {
    if furniture.contains(name(node)) { return true }
    if let role = attribute(node, "role"), roles.contains(role.lowercased()) { return true }
    if attribute(node, "hidden") != nil || attribute(node, "aria-hidden") == "true" { return true }
    let names = ((attribute(node, "class") ?? "") + " " + (attribute(node, "id") ?? "")).lowercased()
    return ["cookie", "breadcrumb", "newsletter", "social-share", "related-", "advert"].contains { names.contains($0) }
  }

  private static func begin(_ node: Node, _ writer: inout BlockWriter) {
    switch name(node) {
    case "br": writer.breakLine()
    case "li":
      writer.breakLine()
      writer.write("\u{2022} ")
    case "tr": writer.breakLine()
    case "td", "th": writer.beginCell()
    case let element where blocks.contains(element): writer.endBlock()
    default: break
    }
  }

  private static func end(_ element: String, _ writer: inout BlockWriter) {
    switch element {
    case "li", "tr": writer.breakLine()
    case _ where blocks.contains(element): writer.endBlock()
    default: break
    }
  }

  private static func name(_ node: Node) -> String {
    node.pointee.type == XML_ELEMENT_NODE ? node.pointee.name.map { String(cString: $0).lowercased() } ?? "" : ""
  }

  private static func attribute(_ node: Node, _ name: String) -> String? {
    guard let value = xmlGetProp(node, name) else { return nil }
    defer { clibxml2_free(value) }
    return String(cString: value)
  }

  private static func text(of node: Node) -> String {
    guard let content = xmlNodeGetContent(node) else { return "" }
    defer { clibxml2_free(content) }
    return String(cString: content)
  }

  private static func collapsed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

/// Puts text together: white space as one space, blocks apart by an empty line.
struct BlockWriter {
  private(set) var text = ""
  /// What stands before the next words: nothing, a space, a line break or an empty line.
  private enum Gap: Int { case none, space, line, block }
  private var gap = Gap.none
  private var cells = 0

  mutating func write(_ words: String) {
    for character in words {
      if character.isWhitespace {
        space()
      } else {
        fill()
        text.append(character)
      }
    }
  }

  /// A space between words; none at the start of a cell.
  private mutating func space() {
    if gap == .none, !text.hasSuffix("| ") { gap = .space }
  }

  private mutating func fill() {
    defer { gap = .none }
    guard !text.isEmpty else { return }
    switch gap {
    case .none: break
    case .space: text += " "
    case .line: text += "\n"
    case .block: text += "\n\n"
    }
  }

  mutating func breakLine() {
    cells = 0
    if gap.rawValue < Gap.line.rawValue { gap = .line }
  }

  mutating func endBlock() {
    // Within a row a block is a part of its cell.
    if cells > 0 {
      space()
    } else {
      gap = .block
    }
  }

  mutating func beginCell() {
    cells += 1
    guard cells > 1 else { return }
    gap = .none
    text += " | "
  }
}
