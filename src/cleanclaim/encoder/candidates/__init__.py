"""Which codes the words of a note may mean, before any rule decides."""
