//go:build !race

package storetest

// raceDetector tells whether times mean anything.
const raceDetector = false
