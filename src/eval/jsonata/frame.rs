//! Variables by name, in frames that lie in each other.
//!
//! All frames of an evaluation stand in one list and are named by their place: a function that captures the frame which
//! holds it is no cycle, and no chain of frames is too long to be dropped. A frame that nothing can name any more is
//! given up by [`Frames::reset`].

use super::item::Item;

/// The frames of an evaluation.
#[derive(Debug)]
pub(super) struct Frames<'a> {
    frames: Vec<Frame<'a>>,
    /// How many functions have captured a frame.
    n_captures: usize,
}

/// A frame's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FrameId(u32);

/// What a value is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Name<'a> {
    /// `$name`
    Variable(&'a str),
    /// What a `%` with this label stands for.
    Parent(u32),
}

/// Names and their values, the newest last.
pub(super) type Bindings<'a> = Vec<(Name<'a>, Option<Item>)>;

#[derive(Debug)]
struct Frame<'a> {
    outer: Option<FrameId>,
    bindings: Bindings<'a>,
}

/// How far the list of frames was filled.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    n_frames: usize,
    n_captures: usize,
}

impl<'a> Frames<'a> {
    /// With the outermost frame, which is empty.
    pub(super) fn new() -> (Self, FrameId) {
        let frames = vec![Frame { outer: None, bindings: Vec::new() }];
        (Self { frames, n_captures: 0 }, FrameId(0))
    }

    /// A frame inside `outer`.
    pub(super) fn enter(&mut self, outer: FrameId, bindings: Bindings<'a>) -> FrameId {
        // The budget ends an evaluation long before there are so many.
        let id = FrameId(u32::try_from(self.frames.len()).unwrap_or(u32::MAX));
        self.frames.push(Frame { outer: Some(outer), bindings });
        id
    }

    pub(super) fn mark(&self) -> Mark {
        Mark { n_frames: self.frames.len(), n_captures: self.n_captures }
    }

    /// Gives up the frames that were entered since `mark`, unless a function may have captured one.
    pub(super) fn reset(&mut self, mark: Mark) {
        if self.n_captures == mark.n_captures {
            self.frames.truncate(mark.n_frames);
        }
    }

    /// A function holds on to a frame.
    pub(super) const fn capture(&mut self) {
        self.n_captures += 1;
    }

    pub(super) fn bind(&mut self, frame: FrameId, name: Name<'a>, value: Option<Item>) {
        let bindings = &mut self.frames[frame.0 as usize].bindings;
        match bindings.iter_mut().find(|(bound, _)| *bound == name) {
            Some((_, old)) => *old = value,
            None => bindings.push((name, value)),
        }
    }

    /// What a name is bound to, if it is: to something or to nothing.
    pub(super) fn find(&self, frame: FrameId, name: Name<'_>) -> Option<Option<&Item>> {
        let mut here = Some(frame);
        while let Some(id) = here {
            let frame = &self.frames[id.0 as usize];
            if let Some((_, value)) = frame.bindings.iter().rev().find(|(bound, _)| *bound == name) {
                return Some(value.as_ref());
            }
            here = frame.outer;
        }
        None
    }
}
