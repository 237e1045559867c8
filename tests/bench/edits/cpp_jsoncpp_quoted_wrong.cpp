static String valueToQuotedStringN(const char* value, size_t length,
                                   bool emitUTF8 = false) {
  if (value == nullptr)
    return "";

  // The first byte at or after `c` that needs escaping, eight bytes at once.
  const auto firstToEscape = [](const char* c, const char* end, bool keepHigh) {
    const unsigned long long ones = 0x0101010101010101ULL;
    const unsigned long long highs = 0x8080808080808080ULL;
    for (; end - c >= 8; c += 8) {
      unsigned long long word;
      memcpy(&word, c, sizeof(word));
      const unsigned long long quote = word ^ (ones * '"');
      const unsigned long long slash = word ^ (ones * '\\');
      const unsigned long long low = (word - ones * 0x20) & ~word;
      const unsigned long long found = low | ((quote - ones) & ~quote) |
                                       ((slash - ones) & ~slash) |
                                       (keepHigh ? 0 : word);
      if (found & highs)
        break;
    }
    for (; c != end; ++c) {
      const unsigned char byte = static_cast<unsigned char>(*c);
      if (byte < 0x20 || byte == '"' || byte == '\\' ||
          (byte > 0x7F && !keepHigh))
        break;
    }
    return c;
  };

  char const* end = value + length;
  if (firstToEscape(value, end, false) == end)
    return String("\"") + value + "\"";
  String result;
  result.reserve(length * 2 + 3);
  result += '"';
  const char* c = value;
  while (true) {
    const char* const next = firstToEscape(c, end, emitUTF8);
    result.append(c, next);
    if (next == end)
      break;
    c = next;
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
      unsigned codepoint = static_cast<unsigned char>(*c);
      if (!emitUTF8)
        codepoint = utf8ToCodepoint(c, end); // modifies `c`
      if (codepoint <= 0x10000) {
        appendHex(result, codepoint);
      } else {
        // Extended Unicode. Encode 20 bits as a surrogate pair.
        codepoint -= 0x10000;
        appendHex(result, 0xd800 + ((codepoint >> 10) & 0x3ff));
        appendHex(result, 0xdc00 + (codepoint & 0x3ff));
      }
    } break;
    }
    ++c;
  }
  result += '"';
  return result;
}
