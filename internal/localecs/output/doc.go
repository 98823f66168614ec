// Package output keeps the times of containers' output. A container's process writes its output file itself, so the file holds no times; a
// Recorder looks at the sizes of the files that are being written and keeps an index beside each: from which offset on was first seen when.
//
// An index is a list of entries of 12 bytes, sorted by offset and by time, with at least 50 ms between two: at most ten a second of output, and
// none while nothing is written. It is only appended to, and only by the one Recorder of the data folder, so a crash costs at most what was
// written since the last look: that counts as seen with what came before it. A lost index is no error, the output then has the time of its file.
//
// Why files are looked at: a pipe through Davit would have exact times, but then output would stop with Davit, and be lost with it. Why there is
// one timer for all of them: a look is one stat, 20 µs a second for a container, and a goroutine for each would cost more than what it does. While no
// container runs there is no timer. What is read is looked at first, so that it has its time before anybody sees it.
package output
