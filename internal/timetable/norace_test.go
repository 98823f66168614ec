//go:build !race

package timetable

const raceEnabled = false
