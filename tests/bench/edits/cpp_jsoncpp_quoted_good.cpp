static String valueToQuotedStringN(const char* value, size_t length,
                                   bool emitUTF8 = false) {
  if (value == nullptr)
    return "";

  if (!doesAnyCharRequireEscaping(value, length))
    return String("\"") + value + "\"";
  // What needs no escaping is appended in runs.
  String result;
  result.reserve(length * 2 + 3);
  result += '"';
  char const* end = value + length;
  char const* begin = value;
  for (const char* c = value; c != end; ++c) {
    const unsigned char byte = static_cast<unsigned char>(*c);
    if (byte >= 0x20 && byte != '"' && byte != '\\' &&
        (emitUTF8 || byte < 0x80))
      continue;
    result.append(begin, c);
    switch (*c) {
    case '\"':
      result.append("\\\"", 2);
      break;
    case '\\':
      result.append("\\\\", 2);
      break;
    case '\b':
      result.append("\\b", 2);
      break;
    case '\f':
      result.append("\\f", 2);
      break;
    case '\n':
      result.append("\\n", 2);
      break;
    case '\r':
      result.append("\\r", 2);
      break;
    case '\t':
      result.append("\\t", 2);
      break;
    default: {
      unsigned codepoint = byte;
      if (!emitUTF8)
        codepoint = utf8ToCodepoint(c, end); // modifies `c`
      if (codepoint < 0x10000) {
        appendHex(result, codepoint);
      } else {
        // Extended Unicode. Encode 20 bits as a surrogate pair.
        codepoint -= 0x10000;
        appendHex(result, 0xd800 + ((codepoint >> 10) & 0x3ff));
        appendHex(result, 0xdc00 + (codepoint & 0x3ff));
      }
    } break;
    }
    begin = c + 1;
  }
  result.append(begin, end);
  result += '"';
  return result;
}
