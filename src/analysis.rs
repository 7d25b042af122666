//! One machine, and everything known of it: each analysis is made at the first question and kept.

use std::cell::OnceCell;

use crate::asl::Machine;
use crate::asl::expression::{self, Expression};
use crate::asl::sites::{self, Site};
use crate::flow::variables::Variables;
use crate::graph::Graph;
use crate::schema::{self, Violation};
use crate::source::Document;

/// How the machine will run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MachineType {
    /// Up to a year, exactly once.
    #[default]
    Standard,
    /// Up to five minutes, without `.sync`, callbacks, activities and Distributed Maps.
    Express,
}

/// What rules see.
#[derive(Debug)]
pub struct Analysis<'a> {
    /// Where the machine stands.
    pub document: Document<'a>,
    /// The machine.
    pub machine: &'a Machine<'a>,
    /// How it will run.
    pub kind: MachineType,
    graph: OnceCell<Graph<'a>>,
    violations: OnceCell<Vec<Violation<'a>>>,
    sites: OnceCell<Vec<Site<'a>>>,
    expressions: OnceCell<Vec<Expression<'a>>>,
    variables: OnceCell<Variables<'a>>,
}

impl<'a> Analysis<'a> {
    /// Nothing is computed yet.
    #[must_use]
    pub fn new(document: Document<'a>, machine: &'a Machine<'a>, kind: MachineType) -> Self {
        Self {
            document,
            machine,
            kind,
            graph: OnceCell::new(),
            violations: OnceCell::new(),
            sites: OnceCell::new(),
            expressions: OnceCell::new(),
            variables: OnceCell::new(),
        }
    }

    /// How states lead to states.
    #[must_use]
    pub fn graph(&self) -> &Graph<'a> {
        self.graph.get_or_init(|| Graph::new(self.machine))
    }

    /// Where the machine does not conform to its schemas.
    #[must_use]
    pub fn violations(&self) -> &[Violation<'a>] {
        self.violations.get_or_init(|| schema::validate(self.machine))
    }

    /// The fields that hold expressions.
    #[must_use]
    pub fn sites(&self) -> &[Site<'a>] {
        self.sites.get_or_init(|| sites::sites(self.machine))
    }

    /// What stands in those fields, parsed: the paths, calls and JSONata of the machine.
    #[must_use]
    pub fn expressions(&self) -> &[Expression<'a>] {
        self.expressions.get_or_init(|| self.sites().iter().copied().flat_map(expression::expressions).collect())
    }
    /// Its variables: who assigns them, who reads them, who sees them.
    #[must_use]
    pub fn variables(&self) -> &Variables<'a> {
        self.variables.get_or_init(|| Variables::new(self.machine, self.expressions()))
    }
}
