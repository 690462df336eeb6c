// Independent ways to know what kubectl-perf says: nothing of it is used here.
//
//	independent create --server URL --ca FILE --cert FILE --key FILE --namespace NS --count N --in-flight 50 < pod.json
//	independent watch  --server URL --ca FILE --cert FILE --key FILE --selector LABELS
//	independent meter -- COMMAND ARGS...
//	independent code-signature FILE
//	independent krew-unpack --archive FILE --sha256 SUM --to FOLDER
//	independent krew-template --template FILE --owner OWNER --repository NAME --tag TAG --sums JSON
//
// create: nothing but creates, so many in flight on one HTTP/2 connection, the body read from stdin with every NAME
// replaced: the floor of the density bench. watch: prints for each pod the wall time at which it was first seen Ready,
// and how late this process has been woken so far (99th percentile of its sleeps, in ms), until it is killed. meter: runs a command with its streams passed through and writes its resource usage, as the
// kernel counted it, to the file named by METER. The others stand in for what looks at a release: see their own files.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fail("usage: independent create|watch|meter|code-signature|krew-unpack|krew-template ...")
	}
	switch os.Args[1] {
	case "create":
		create(os.Args[2:])
	case "watch":
		watch(os.Args[2:])
	case "meter":
		meter(os.Args[3:])
	case "code-signature":
		checkSignature(os.Args[2:])
	case "krew-unpack":
		krewUnpack(os.Args[2:])
	case "krew-template":
		krewTemplate(os.Args[2:])
	default:
		fail("unknown mode " + os.Args[1])
	}
}

// api is how the API server is reached.
type api struct{ server, ca, cert, key *string }

func apiFlags(flags *flag.FlagSet) api {
	return api{
		server: flags.String("server", "", "API server"),
		ca:     flags.String("ca", "", "CA file"),
		cert:   flags.String("cert", "", "client certificate file"),
		key:    flags.String("key", "", "client key file"),
	}
}

func (a api) client() *http.Client {
	pool := x509.NewCertPool()
	pem, err := os.ReadFile(*a.ca)
	check(err)
	pool.AppendCertsFromPEM(pem)
	pair, err := tls.LoadX509KeyPair(*a.cert, *a.key)
	check(err)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{pair}},
		ForceAttemptHTTP2: true,
		MaxConnsPerHost:   1,
	}}
}

func create(args []string) {
	flags := flag.NewFlagSet("create", flag.ExitOnError)
	api := apiFlags(flags)
	namespace := flags.String("namespace", "default", "namespace")
	count := flags.Int("count", 1000, "objects to create")
	inFlight := flags.Int("in-flight", 50, "requests under way at once")
	flags.Parse(args)

	body, err := io.ReadAll(os.Stdin)
	check(err)
	client := api.client()
	path := *api.server + "/api/v1/namespaces/" + *namespace + "/pods"

	// The connection is opened before the clock starts, as kubectl-perf's is.
	warm, err := client.Get(*api.server + "/version")
	check(err)
	io.Copy(io.Discard, warm.Body)
	warm.Body.Close()

	var next, refused atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range *inFlight {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for {
				index := next.Add(1) - 1
				if index >= int64(*count) {
					return
				}
				text := bytes.ReplaceAll(body, []byte("NAME"), fmt.Appendf(nil, "floor-%d", index))
				response, err := client.Post(path, "application/json", bytes.NewReader(text))
				check(err)
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
				if response.StatusCode != http.StatusCreated {
					refused.Add(1)
				}
			}
		}()
	}
	workers.Wait()
	seconds := time.Since(start).Seconds()
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	write(os.Stdout, map[string]any{
		"created": int64(*count) - refused.Load(), "refused": refused.Load(), "seconds": seconds,
		"cpuSeconds": cpuSeconds(&usage),
	})
}

func watch(args []string) {
	flags := flag.NewFlagSet("watch", flag.ExitOnError)
	api := apiFlags(flags)
	selector := flags.String("selector", "", "label selector")
	flags.Parse(args)
	response, err := api.client().Get(*api.server + "/api/v1/pods?watch=1&labelSelector=" + url.QueryEscape(*selector))
	check(err)
	fmt.Println("watching")
	delays := measureDelays()
	seen := map[string]bool{}
	lines := bufio.NewScanner(response.Body)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	for lines.Scan() {
		received := time.Now()
		var event struct {
			Object struct {
				Metadata struct{ Name, Namespace string }
				Status   struct {
					Conditions []struct{ Type, Status string }
				}
			}
		}
		check(json.Unmarshal(lines.Bytes(), &event))
		pod := event.Object.Metadata.Namespace + "/" + event.Object.Metadata.Name
		for _, condition := range event.Object.Status.Conditions {
			if condition.Type == "Ready" && condition.Status == "True" && !seen[pod] {
				seen[pod] = true
				fmt.Printf("%s %.3f %.3f\n", pod, float64(received.UnixMicro())/1000, delays.p99().Seconds()*1000)
			}
		}
	}
	check(lines.Err())
}

// wakeDelays is how much longer than asked each sleep of this process took.
type wakeDelays struct {
	sync.Mutex
	all []time.Duration
}

// measureDelays sleeps for a millisecond again and again, beside the work of this process.
func measureDelays() *wakeDelays {
	delays := &wakeDelays{}
	go func() {
		for {
			before := time.Now()
			time.Sleep(time.Millisecond)
			delay := time.Since(before) - time.Millisecond
			delays.Lock()
			delays.all = append(delays.all, delay)
			delays.Unlock()
		}
	}()
	return delays
}

// p99 is the 99th percentile so far, by nearest rank.
func (d *wakeDelays) p99() time.Duration {
	d.Lock()
	sorted := slices.Sorted(slices.Values(d.all))
	d.Unlock()
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*99+99)/100-1]
}

func meter(args []string) {
	command := exec.Command(args[0], args[1:]...)
	command.Stdin, command.Stdout, command.Stderr = os.Stdin, os.Stdout, os.Stderr
	start := time.Now()
	err := command.Run()
	if command.ProcessState == nil {
		check(err)
	}
	usage := command.ProcessState.SysUsage().(*syscall.Rusage)
	file, err := os.Create(os.Getenv("METER"))
	check(err)
	write(file, map[string]any{
		"exitCode": command.ProcessState.ExitCode(), "seconds": time.Since(start).Seconds(),
		"cpuSeconds": cpuSeconds(usage), "maxRssBytes": usage.Maxrss * 1024,
	})
	check(file.Close())
	os.Exit(command.ProcessState.ExitCode())
}

func cpuSeconds(usage *syscall.Rusage) float64 {
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func write(out io.Writer, value any) { check(json.NewEncoder(out).Encode(value)) }

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, "independent: "+message)
	os.Exit(1)
}
