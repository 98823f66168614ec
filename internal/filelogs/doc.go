// Package filelogs is the logs.Source of local mode: it reads the output files that containers write themselves, with the times of the index that
// localecs/output keeps beside each. A position is an offset. A line that has no line feed yet is held back until it has one, grows over
// logs.MaxText, or its process ends. Memory does not grow with the files: a read holds about the bytes that it returns.
package filelogs
