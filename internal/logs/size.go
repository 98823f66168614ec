package logs

// maxEvents is how many bytes of a page its events may take. The rest is for the cursor and the streams that cannot be read.
const maxEvents = MaxPage - 64<<10

// eventOverhead is at least as many bytes as an event takes in JSON besides its texts: names, times, numbers and punctuation.
const eventOverhead = 140

func eventSize(e *Event) int {
	return eventOverhead + jsonSize(e.Task) + jsonSize(e.Container) + jsonSize(e.Text)
}

// jsonSize returns how many bytes a text of UTF-8 takes in a JSON string, without the quotes, as encoding/json writes it with <, > and & as they are.
func jsonSize(text string) int {
	n := len(text)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t' || c == '\b' || c == '\f':
			n++
		case c < ' ':
			n += 5
		case c == 0xE2 && i+2 < len(text) && text[i+1] == 0x80 && text[i+2]&^1 == 0xA8: // U+2028 and U+2029
			n += 3
		}
	}
	return n
}
