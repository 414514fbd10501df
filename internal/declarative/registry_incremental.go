package declarative

import "github.com/airfielddev/airfield/manifest"

func addCursors(r *manifest.Registry) {
	add[*Stream](r, "StateDelegatingStream", zero[StateDelegatingStream])
	add[IncrementalSync](r, "DatetimeBasedCursor", zero[DatetimeBasedCursor])
	add[IncrementalSync](r, "IncrementingCountCursor", zero[IncrementingCountCursor])
	add[StateMigration](r, "LegacyToPerPartitionStateMigration", zero[LegacyToPerPartitionStateMigration])
}

func addRouters(r *manifest.Registry) {
	add[PartitionRouter](r, "ListPartitionRouter", zero[ListPartitionRouter])
	add[PartitionRouter](r, "SubstreamPartitionRouter", zero[SubstreamPartitionRouter])
	add[PartitionRouter](r, "GroupingPartitionRouter", func() *GroupingPartitionRouter {
		return &GroupingPartitionRouter{Deduplicate: true}
	})
	add[PartitionRouter](r, "UnionPartitionRouter", zero[UnionPartitionRouter])
	add[*parentStream](r, "ParentStreamConfig", zero[ParentStreamConfig])
}
