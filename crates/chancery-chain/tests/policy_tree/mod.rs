//! The policy tree of RFC 5280 §6.1, step by step as it is written there: slow, exponential, and easy to compare with
//! the text. It exists to be right about small paths.

use std::collections::BTreeSet;

use const_oid::ObjectIdentifier as Oid;

pub(crate) const ANY: Oid = Oid::new_unwrap("2.5.29.32.0");

/// What one certificate says of policies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    pub(crate) policies: Option<BTreeSet<Oid>>,
    pub(crate) mappings: Vec<(Oid, Oid)>,
    pub(crate) require_explicit: Option<u8>,
    pub(crate) inhibit_mapping: Option<u8>,
    pub(crate) inhibit_any: Option<u8>,
    pub(crate) self_issued: SelfIssued,
}

#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum SelfIssued {
    #[default]
    No,
    Yes,
}

/// The inputs (c) and (e) to (g) of §6.1.1; `None`: every policy will do.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) acceptable: Option<BTreeSet<Oid>>,
    pub(crate) explicit: bool,
    pub(crate) no_mapping: bool,
    pub(crate) no_any: bool,
}

/// The user-constrained-policy-set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Any,
    Only(BTreeSet<Oid>),
}

#[derive(Clone, Debug)]
struct Node {
    depth: usize,
    parent: Option<usize>,
    policy: Oid,
    expected: BTreeSet<Oid>,
    alive: bool,
}

#[derive(Debug)]
struct Tree(Vec<Node>);

impl Tree {
    fn at(&self, depth: usize) -> Vec<usize> {
        (0..self.0.len()).filter(|index| self.0[*index].alive && self.0[*index].depth == depth).collect()
    }

    fn children(&self, parent: usize) -> Vec<usize> {
        let child = |index: &usize| self.0[*index].alive && self.0[*index].parent == Some(parent);
        (0..self.0.len()).filter(child).collect()
    }

    fn add(&mut self, parent: usize, policy: Oid, expected: BTreeSet<Oid>) {
        let depth = self.0[parent].depth + 1;
        self.0.push(Node { depth, parent: Some(parent), policy, expected, alive: true });
    }

    fn kill(&mut self, index: usize) {
        self.0[index].alive = false;
        self.children(index).into_iter().for_each(|child| self.kill(child));
    }

    /// "If there is a node in the valid_policy_tree of depth i-1 or less without any child nodes, delete that node.
    /// Repeat this step until there are no nodes of depth i-1 or less without children."
    fn prune(&mut self, depth: usize) {
        for level in (0..depth).rev() {
            for index in self.at(level) {
                if self.children(index).is_empty() {
                    self.kill(index);
                }
            }
        }
    }

    fn is_null(&self) -> bool {
        !self.0.iter().any(|node| node.alive)
    }
}

/// The path from the certificate below the anchor down to the target. `None`: a policy is required and none holds.
pub(crate) fn validate(path: &[Said], asked: &Asked) -> Option<Found> {
    let count = path.len();
    let initial = |inhibited: bool| if inhibited { 0 } else { count + 1 };
    // §6.1.2 (a), (d), (e), (f)
    let root = Node { depth: 0, parent: None, policy: ANY, expected: BTreeSet::from([ANY]), alive: true };
    let mut tree = Tree(vec![root]);
    let mut explicit = initial(asked.explicit);
    let mut inhibit_any = initial(asked.no_any);
    let mut mapping = initial(asked.no_mapping);

    for (index, said) in path.iter().enumerate() {
        let depth = index + 1;
        let last = depth == count;
        let self_issued = said.self_issued == SelfIssued::Yes;
        // §6.1.3 (d)
        match &said.policies {
            Some(policies) if !tree.is_null() => {
                for policy in policies.iter().filter(|policy| **policy != ANY) {
                    let matching: Vec<_> = tree
                        .at(index)
                        .into_iter()
                        .filter(|node| tree.0[*node].expected.contains(policy))
                        .collect();
                    for node in &matching {
                        tree.add(*node, *policy, BTreeSet::from([*policy]));
                    }
                    if matching.is_empty() {
                        for node in tree.at(index) {
                            if tree.0[node].policy == ANY {
                                tree.add(node, *policy, BTreeSet::from([*policy]));
                            }
                        }
                    }
                }
                if policies.contains(&ANY) && (inhibit_any > 0 || (!last && self_issued)) {
                    for node in tree.at(index) {
                        let there: BTreeSet<_> =
                            tree.children(node).into_iter().map(|child| tree.0[child].policy).collect();
                        for expected in tree.0[node].expected.clone() {
                            if !there.contains(&expected) {
                                tree.add(node, expected, BTreeSet::from([expected]));
                            }
                        }
                    }
                }
                tree.prune(depth);
            }
            Some(_) => {}
            // (e)
            None => tree.0.iter_mut().for_each(|node| node.alive = false),
        }
        // (f)
        if explicit == 0 && tree.is_null() {
            return None;
        }
        if last {
            break;
        }
        // §6.1.4 (b)
        let mapped: BTreeSet<_> = said.mappings.iter().map(|(issuer, _)| *issuer).collect();
        for issuer in mapped {
            let subjects: BTreeSet<_> =
                said.mappings.iter().filter(|(from, _)| *from == issuer).map(|(_, to)| *to).collect();
            let nodes: Vec<_> =
                tree.at(depth).into_iter().filter(|node| tree.0[*node].policy == issuer).collect();
            if mapping > 0 {
                for node in &nodes {
                    tree.0[*node].expected = subjects.clone();
                }
                let any = tree.at(depth).into_iter().find(|node| tree.0[*node].policy == ANY);
                if let (true, Some(parent)) = (nodes.is_empty(), any.and_then(|node| tree.0[node].parent)) {
                    tree.add(parent, issuer, subjects);
                }
            } else {
                nodes.into_iter().for_each(|node| tree.kill(node));
                tree.prune(depth);
            }
        }
        // (h)
        if !self_issued {
            for counter in [&mut explicit, &mut mapping, &mut inhibit_any] {
                *counter = counter.saturating_sub(1);
            }
        }
        // (i), (j)
        let lower = |counter: &mut usize, limit: Option<u8>| {
            *counter = limit.map_or(*counter, |limit| usize::from(limit).min(*counter));
        };
        lower(&mut explicit, said.require_explicit);
        lower(&mut mapping, said.inhibit_mapping);
        lower(&mut inhibit_any, said.inhibit_any);
    }

    // §6.1.5 (a), (b)
    explicit = explicit.saturating_sub(1);
    if path.last().is_some_and(|said| said.require_explicit == Some(0)) {
        explicit = 0;
    }
    // (g)
    let any_at_the_end = tree.at(count).into_iter().any(|node| tree.0[node].policy == ANY);
    let found = match &asked.acceptable {
        None if any_at_the_end => Found::Any,
        acceptable => {
            let mut created = BTreeSet::new();
            if let Some(acceptable) = acceptable {
                for node in below_any(&tree) {
                    if tree.0[node].policy != ANY && !acceptable.contains(&tree.0[node].policy) {
                        tree.kill(node);
                    }
                }
                if any_at_the_end {
                    created.extend(acceptable.iter().copied());
                }
                tree.prune(count);
            }
            let kept =
                below_any(&tree).into_iter().map(|node| tree.0[node].policy).filter(|policy| *policy != ANY);
            created.extend(kept);
            Found::Only(created)
        }
    };
    (explicit > 0 || !tree.is_null()).then_some(found)
}

/// The valid_policy_node_set: the nodes whose parents are of anyPolicy.
fn below_any(tree: &Tree) -> Vec<usize> {
    let under_any = |index: &usize| {
        tree.0[*index].alive && tree.0[*index].parent.is_some_and(|parent| tree.0[parent].policy == ANY)
    };
    (0..tree.0.len()).filter(under_any).collect()
}
