"""The science: pure functions of arrays and plain values. No framework, no file, no clock."""
