//! Finds the files to read.
