// Tracesummary prints, as JSON, what Go's own analyses make of a trace: goroutine summaries, regions, tasks, and the
// mutator utilization. It is built inside a Go tree, whose internal packages it uses:
//
//	go build -overlay overlay.json cmd/tracesummary
package main

import (
	"encoding/json"
	"internal/trace"
	"io"
	"os"
	"slices"
	"strings"
)

type stats struct {
	Exec, Sched, Syscall, SyscallBlock, Total int64
	Block, Range                              map[string]int64
}

type region struct {
	Name       string
	Task       uint64
	Start, End *int64
	Stats      stats
}

type goroutine struct {
	ID                     int64
	Name                   string
	Created, Started, Ended int64
	Stats                  stats
	Regions                []region
}

type task struct {
	ID         uint64
	Name       string
	Parent     *uint64
	Children   []uint64
	Start, End *int64
	Logs       int
	Regions    int
	Goroutines []int64
}

type output struct {
	Goroutines []goroutine
	Tasks      []task
	// By flags: time and utilization of each change, one list a series.
	Mutator map[string][][][2]float64
}


func statsOf(s trace.GoroutineExecStats) stats {
	out := stats{int64(s.ExecTime), int64(s.SchedWaitTime), int64(s.SyscallTime), int64(s.SyscallBlockTime), int64(s.TotalTime), map[string]int64{}, map[string]int64{}}
	for k, v := range s.BlockTimeByReason {
		if v != 0 {
			out.Block[k] = int64(v)
		}
	}
	for k, v := range s.RangeTime {
		if v != 0 {
			out.Range[k] = int64(v)
		}
	}
	return out
}

func timeOf(ev *trace.Event) *int64 {
	if ev == nil {
		return nil
	}
	t := int64(ev.Time())
	return &t
}

func main() {
	f, err := os.Open(os.Args[1])
	check(err)
	r, err := trace.NewReader(f)
	check(err)
	var events []trace.Event
	for {
		ev, err := r.ReadEvent()
		if err == io.EOF {
			break
		}
		check(err)
		events = append(events, ev)
	}
	s := trace.NewSummarizer()
	for i := range events {
		s.Event(&events[i])
	}
	sum := s.Finalize()
	out := output{Mutator: make(map[string][][][2]float64)}
	for _, g := range sum.Goroutines {
		o := goroutine{int64(g.ID), g.Name, int64(g.CreationTime), int64(g.StartTime), int64(g.EndTime), statsOf(g.GoroutineExecStats), nil}
		for _, r := range g.Regions {
			o.Regions = append(o.Regions, region{r.Name, uint64(r.TaskID), timeOf(r.Start), timeOf(r.End), statsOf(r.GoroutineExecStats)})
		}
		out.Goroutines = append(out.Goroutines, o)
	}
	slices.SortFunc(out.Goroutines, func(a, b goroutine) int { return int(a.ID - b.ID) })
	for _, t := range sum.Tasks {
		o := task{ID: uint64(t.ID), Name: t.Name, Start: timeOf(t.Start), End: timeOf(t.End), Logs: len(t.Logs), Regions: len(t.Regions)}
		if t.Parent != nil {
			p := uint64(t.Parent.ID)
			o.Parent = &p
		}
		for _, c := range t.Children {
			o.Children = append(o.Children, uint64(c.ID))
		}
		for g := range t.Goroutines {
			o.Goroutines = append(o.Goroutines, int64(g))
		}
		slices.Sort(o.Goroutines)
		out.Tasks = append(out.Tasks, o)
	}
	slices.SortFunc(out.Tasks, func(a, b task) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	for name, flags := range map[string]trace.UtilFlags{
		"stw|background|assist":               trace.UtilSTW | trace.UtilBackground | trace.UtilAssist,
		"stw|background|assist|sweep":         trace.UtilSTW | trace.UtilBackground | trace.UtilAssist | trace.UtilSweep,
		"perProc|stw|background|assist|sweep": trace.UtilPerProc | trace.UtilSTW | trace.UtilBackground | trace.UtilAssist | trace.UtilSweep,
	} {
		if strings.Contains(strings.Join(os.Args[2:], " "), "nomutator") {
			break
		}
		for _, series := range trace.MutatorUtilizationV2(events, flags) {
			var list [][2]float64
			for _, u := range series {
				list = append(list, [2]float64{float64(u.Time), u.Util})
			}
			out.Mutator[name] = append(out.Mutator[name], list)
		}
	}
	check(json.NewEncoder(os.Stdout).Encode(out))
}

func check(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(2)
	}
}
