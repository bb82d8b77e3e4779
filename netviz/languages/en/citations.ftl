# Who wrote a work. English says passages as the methods' declarations do.
comma = ,{" "}
joined = { $first } and { $last }
and_others = { $authors } et al.
